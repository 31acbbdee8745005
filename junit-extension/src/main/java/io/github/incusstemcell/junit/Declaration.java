package io.github.incusstemcell.junit;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The annotation that counts for a test, and where it stands: on its method, or else on its class, or else on a class around that.
 *
 * @param annotation the annotation
 * @param context the context of the method or class that it stands on
 */
record Declaration(IncusStemcell annotation, ExtensionContext context) {

    static Optional<Declaration> find(ExtensionContext context) {
        for (Optional<ExtensionContext> next = Optional.of(context);
                next.isPresent();
                next = next.get().getParent()) {
            ExtensionContext candidate = next.get();
            Optional<IncusStemcell> annotation = candidate
                    .getElement()
                    .flatMap(element -> AnnotationSupport.findAnnotation(element, IncusStemcell.class));
            if (annotation.isPresent()) {
                return Optional.of(new Declaration(annotation.get(), candidate));
            }
        }
        return Optional.empty();
    }

    /** Refuses what cannot be meant. */
    Declaration checked() {
        if (annotation.scope() == Scope.PER_CLASS && context.getTestMethod().isPresent()) {
            throw new ExtensionConfigurationException("@IncusStemcell on " + describe(context)
                    + " has scope = PER_CLASS, but a method has no tests to share a container among."
                    + " Put it on the class, or leave the scope out");
        }
        return this;
    }

    /** The context in whose store the container belongs, for a test. */
    ExtensionContext scopeOf(ExtensionContext test) {
        return annotation.scope() == Scope.PER_CLASS ? context : test;
    }

    /** A class or a method as people write it: {@code CronTest}, {@code CronTest.runsJobs}. */
    static String describe(ExtensionContext context) {
        return context.getElement().map(Declaration::describe).orElseGet(context::getDisplayName);
    }

    private static String describe(AnnotatedElement element) {
        if (element instanceof Method method) {
            return describe(method.getDeclaringClass()) + "." + method.getName();
        }
        String name = ((Class<?>) element).getName();
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }
}
