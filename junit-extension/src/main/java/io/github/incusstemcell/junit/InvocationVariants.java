package io.github.incusstemcell.junit;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * With which {@link Variant} each invocation of a test template, or a class template, runs. JUnit lets an invocation know its number when it
 * asks for the name, and has that number at the end of its unique id: so each context below finds its variant, whatever else provides
 * invocations.
 */
final class InvocationVariants {

    private static final Pattern NUMBER = Pattern.compile("#(\\d+)\\]$");

    private final Map<Integer, String> names = new ConcurrentHashMap<>();

    private InvocationVariants() {}

    /**
     * @param template the context of the template itself
     */
    static InvocationVariants of(ExtensionContext template) {
        return Stores.computeIfAbsent(template, key(template), InvocationVariants.class, InvocationVariants::new);
    }

    private static Object key(ExtensionContext template) {
        return List.of("variants", template.getUniqueId());
    }

    /** What JUnit is to run with the variant of a name. */
    TestTemplateInvocationContext invocation(String name) {
        return new TestTemplateInvocationContext() {
            @Override
            public String getDisplayName(int number) {
                return displayName(number, name);
            }
        };
    }

    /** Remembers which invocation is that with a variant, and says what it is called. */
    String displayName(int number, String name) {
        names.put(number, name);
        return "[" + number + "] " + name;
    }

    /** The name of the variant with which a test, or all tests of a class, run this time. */
    static Optional<String> chosen(ExtensionContext context) {
        ExtensionContext invocation = context;
        while (invocation.getParent().isPresent()) {
            ExtensionContext template = invocation.getParent().get();
            InvocationVariants variants = Stores.get(template, key(template), InvocationVariants.class);
            Matcher number = NUMBER.matcher(invocation.getUniqueId());
            if (variants != null && number.find()) {
                return Optional.ofNullable(variants.names.get(Integer.valueOf(number.group(1))));
            }
            invocation = template;
        }
        return Optional.empty();
    }

    /** Whether a method is a template of nobody's in particular, unlike parameterized and repeated tests. */
    static boolean isPlain(ExtensionContext context) {
        return Arrays.stream(context.getRequiredTestMethod().getAnnotations())
                .map(annotation -> annotation.annotationType())
                .filter(type -> type != TestTemplate.class && type.getName().startsWith("org.junit."))
                .noneMatch(type -> AnnotationSupport.isAnnotated(type, TestTemplate.class));
    }
}
