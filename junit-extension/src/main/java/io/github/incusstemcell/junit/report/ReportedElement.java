package io.github.incusstemcell.junit.report;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test, or a class, as the report names it.
 *
 * @param className the class, without its package
 * @param testName the method with the number of its repetition, or empty for the class as a whole
 * @param displayName what JUnit calls it
 */
record ReportedElement(String className, String testName, String displayName) {

    private static final Pattern NUMBER = Pattern.compile("#(\\d+)\\]");
    private static final int NAME = 100;

    static ReportedElement of(ExtensionContext context) {
        String className = context.getTestClass().map(ReportedElement::name).orElse("all tests");
        Matcher number = NUMBER.matcher(context.getUniqueId());
        String repetition = number.results().map(found -> "-" + found.group(1)).collect(Collectors.joining());
        Optional<String> method = context.getTestMethod().map(Method::getName);
        return new ReportedElement(
                className, method.map(name -> name + repetition).orElse(""), displayName(context));
    }

    /** After that of the invocation of its class, where that runs several times. */
    private static String displayName(ExtensionContext context) {
        return context.getParent()
                .filter(around -> context.getTestMethod().isPresent() && isInvocation(around))
                .map(around -> around.getDisplayName() + " " + context.getDisplayName())
                .orElseGet(context::getDisplayName);
    }

    private static boolean isInvocation(ExtensionContext context) {
        return context.getUniqueId()
                .substring(context.getUniqueId().lastIndexOf('['))
                .startsWith("[class-template-invocation:");
    }

    private static String name(Class<?> type) {
        String name = type.getName();
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }

    /** The folder of a test in that of a run. */
    String folder() {
        return safe(className) + "/" + (testName.isEmpty() ? "class" : safe(testName));
    }

    /** A name that every file system takes. */
    static String safe(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.substring(0, Math.min(NAME, plain.length()));
    }

    @Override
    public String toString() {
        return testName.isEmpty() ? className : className + "." + testName;
    }
}
