package io.github.incusstemcell.junit;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ModifierSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** What {@link EachImage} brings along. */
final class EachImageProvider implements ClassTemplateInvocationContextProvider {

    EachImageProvider() {}

    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(ExtensionContext context) {
        List<String> names = Stream.concat(Stream.of(new AnnotatedStemcells()), built(context))
                .map(extension -> extension.variants(context))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElseThrow(() -> new ExtensionConfigurationException("@EachImage on " + Declaration.describe(context)
                        + " runs its tests once with each of several images, but what its tests ask for names none. Write"
                        + " @IncusStemcell(images = {\"...\", \"...\"}), and ask with a parameter or a field of the type"
                        + " StemcellContainer"));
        InvocationVariants variants = InvocationVariants.of(context);
        return names.stream().map(name -> invocation(variants, name));
    }

    private static ClassTemplateInvocationContext invocation(InvocationVariants variants, String name) {
        return new ClassTemplateInvocationContext() {
            @Override
            public String getDisplayName(int number) {
                return variants.displayName(number, name);
            }
        };
    }

    /** Those that are registered in static fields, which JUnit calls for a class itself, too. */
    private static Stream<IncusStemcellExtension> built(ExtensionContext context) {
        return ReflectionSupport.findFields(
                        context.getRequiredTestClass(),
                        field -> ModifierSupport.isStatic(field)
                                && IncusStemcellExtension.class.isAssignableFrom(field.getType()),
                        HierarchyTraversalMode.TOP_DOWN)
                .stream()
                .map(EachImageProvider::value)
                .flatMap(Optional::stream);
    }

    private static Optional<IncusStemcellExtension> value(Field field) {
        return ReflectionSupport.tryToReadFieldValue(field, null).toOptional().map(IncusStemcellExtension.class::cast);
    }
}
