package io.github.incusstemcell.junit;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What counts for a machine of a test, and where it stands.
 *
 * @param template what it says
 * @param context the context of the method or class that it stands on
 */
record Declaration(Template template, ExtensionContext context) {

    /**
     * The annotation that counts: the nearest one that names the machine, or else the nearest one that names none; on the method, or
     * else on its class, or else on a class around that.
     *
     * @param node the machine's name, or empty
     */
    static Optional<Declaration> annotated(ExtensionContext context, String node) {
        Optional<Declaration> exact = nearest(context, node);
        return exact.isPresent() || node.isEmpty() ? exact : nearest(context, "");
    }

    private static Optional<Declaration> nearest(ExtensionContext context, String node) {
        return nearest(context, node, (annotation, candidate) -> {
            Template template = new AnnotationReader(annotation, describe(candidate)).template();
            return new Declaration(template, candidate);
        });
    }

    /**
     * What the annotation says that counts for the machine without a name of a test which has no context yet.
     *
     * @param places the test's method, its class and those around that, from the inside
     */
    static Optional<Template> annotated(List<? extends AnnotatedElement> places) {
        return places.stream()
                .flatMap(
                        place -> on(place, "")
                                .map(annotation -> new AnnotationReader(annotation, describe(place)).template())
                                .stream())
                .findFirst();
    }

    /** Whether the annotation that counts wants tests skipped; its other settings, right or wrong, are not looked at. */
    static boolean isDisabledWithoutIncus(ExtensionContext context) {
        return nearest(context, "", (annotation, candidate) -> annotation.disabledWithoutIncus())
                .orElse(false);
    }

    private static <T> Optional<T> nearest(
            ExtensionContext context, String node, BiFunction<IncusStemcell, ExtensionContext, T> found) {
        for (ExtensionContext candidate : outwards(context).toList()) {
            Optional<IncusStemcell> annotation = candidate.getElement().flatMap(element -> on(element, node));
            if (annotation.isPresent()) {
                boolean runsPerImage = annotation.get().images().length > 0;
                return Optional.of(found.apply(annotation.get(), runsPerImage ? candidate : whole(candidate)));
            }
        }
        return Optional.empty();
    }

    /** {@return a context, and behind it those around it} */
    static Stream<ExtensionContext> outwards(ExtensionContext context) {
        return Stream.iterate(
                        Optional.of(context), Optional::isPresent, next -> next.flatMap(ExtensionContext::getParent))
                .flatMap(Optional::stream);
    }

    /**
     * The context of a class itself, which has its {@code @BeforeAll}: below that of a class template, JUnit has one more for each time
     * that it runs.
     */
    static ExtensionContext whole(ExtensionContext context) {
        return context.getParent()
                .filter(parent ->
                        context.getElement().isPresent() && parent.getElement().equals(context.getElement()))
                .map(Declaration::whole)
                .orElse(context);
    }

    /** What a class says itself comes after what it inherits, and goes before it. */
    private static Optional<IncusStemcell> on(AnnotatedElement element, String node) {
        return AnnotationSupport.findRepeatableAnnotations(element, IncusStemcell.class).stream()
                .filter(annotation -> annotation.node().equals(node))
                .reduce((inherited, own) -> own);
    }

    /** The names for which there are annotations on a class or method itself; the empty one is not among them. */
    static Set<String> nodesOn(ExtensionContext context) {
        return annotationsOn(context)
                .map(IncusStemcell::node)
                .filter(node -> !node.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Whether there is any annotation on a class or method itself. */
    static boolean isAnnotated(ExtensionContext context) {
        return annotationsOn(context).findAny().isPresent();
    }

    private static Stream<IncusStemcell> annotationsOn(ExtensionContext context) {
        return context.getElement().stream()
                .flatMap(element -> AnnotationSupport.findRepeatableAnnotations(element, IncusStemcell.class).stream());
    }

    /** Whether an annotation for this machine stands on the test method itself. */
    static boolean isOnMethod(ExtensionContext context, String node) {
        return context.getTestMethod().flatMap(method -> on(method, node)).isPresent();
    }

    /** Refuses what cannot be meant. */
    Declaration checked() {
        if (template.scope() == Scope.PER_CLASS && context.getTestMethod().isPresent()) {
            throw new ExtensionConfigurationException(template.origin()
                    + " has scope = PER_CLASS, but a method has no tests to share a container among."
                    + " Put it on the class, or leave the scope out");
        }
        return this;
    }

    /** The class or method that a container is for, for a test. */
    String owner(ExtensionContext test) {
        return switch (template.scope()) {
            case PER_TEST -> describe(test);
            case PER_CLASS -> describe(context);
            case PER_SUITE -> Scope.PER_SUITE.name();
        };
    }

    /** The method that provisions a machine for a test. All that share one start it from the same image, whichever of them is the first. */
    Optional<ProvisionMethod> provision(ExtensionContext test, String node) {
        Optional<ProvisionMethod> nearest = ProvisionMethods.find(test, node, template.node());
        if (template.scope() != Scope.PER_CLASS) {
            return nearest;
        }
        Optional<ProvisionMethod> shared = ProvisionMethods.find(context, node, template.node());
        nearest.filter(method -> !nearest.equals(shared)).ifPresent(method -> {
            throw new ExtensionConfigurationException(method.origin()
                    + " would provision a container that all tests of "
                    + describe(context) + " share. Put it into that class, or give the tests that need it a container"
                    + " of their own with @IncusStemcell on theirs");
        });
        return shared;
    }

    /**
     * A class or a method as people write it: {@code CronTest}, {@code CronTest.runsJobs}. By the class that runs, as several may inherit
     * one method.
     */
    static String describe(ExtensionContext context) {
        if (context.getTestMethod().isPresent()) {
            return describe(context.getRequiredTestClass()) + "."
                    + context.getRequiredTestMethod().getName();
        }
        return context.getElement().map(Declaration::describe).orElseGet(context::getDisplayName);
    }

    static String describe(AnnotatedElement element) {
        if (element instanceof Method method) {
            return describe(method.getDeclaringClass()) + "." + method.getName();
        }
        String name = ((Class<?>) element).getName();
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }
}
