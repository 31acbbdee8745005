package io.github.incusstemcell.junit;

import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ModifierSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * The names of the machines that a test, or the tests of a class, ask for anywhere, found before the first of them is asked for, so that
 * all of them start together. The empty name stands for the machine without one.
 */
final class RequestedNodes {

    private final Set<String> names = new LinkedHashSet<>();

    private RequestedNodes() {}

    /** What a test asks for in its parameters, its lifecycle methods and its fields; or what all of a class do. */
    static Set<String> of(ExtensionContext context) {
        RequestedNodes requested = new RequestedNodes();
        context.getTestMethod()
                .ifPresentOrElse(method -> requested.addTest(method, classes(context)), () -> context.getTestClass()
                        .ifPresent(requested::addClass));
        return requested.names;
    }

    /**
     * What a test asks for which has no context yet.
     *
     * @param classes its class and those around it
     */
    static Set<String> of(Method test, List<Class<?>> classes) {
        RequestedNodes requested = new RequestedNodes();
        requested.addTest(test, classes);
        return requested.names;
    }

    /** The classes around are those of the contexts: that of a nested class which was inherited is not the one that it stands in. */
    private static List<Class<?>> classes(ExtensionContext context) {
        List<Class<?>> classes = new ArrayList<>();
        Declaration.outwards(context).forEach(next -> next.getTestClass().ifPresent(classes::add));
        return classes;
    }

    private void addTest(Method test, List<Class<?>> classes) {
        addParameters(test);
        for (Class<?> type : classes) {
            addFields(type);
            addConstructors(type);
            addMethods(type, RequestedNodes::surroundsTests);
        }
    }

    private void addClass(Class<?> type) {
        addFields(type);
        addConstructors(type);
        addMethods(type, RequestedNodes::isForJUnit);
        ReflectionSupport.findNestedClasses(type, inner -> AnnotationSupport.isAnnotated(inner, Nested.class))
                .forEach(this::addClass);
    }

    /** A final one gets its container from the constructor, if at all. */
    private void addFields(Class<?> type) {
        ReflectionSupport.findFields(type, InjectionPoint::asks, HierarchyTraversalMode.TOP_DOWN).stream()
                .filter(ModifierSupport::isNotFinal)
                .map(InjectionPoint::of)
                .map(InjectionPoint::node)
                .forEach(names::add);
    }

    private void addConstructors(Class<?> type) {
        Arrays.stream(type.getDeclaredConstructors()).forEach(this::addParameters);
    }

    private void addMethods(Class<?> type, Predicate<Method> wanted) {
        ReflectionSupport.findMethods(type, wanted, HierarchyTraversalMode.TOP_DOWN)
                .forEach(this::addParameters);
    }

    private void addParameters(Executable executable) {
        Arrays.stream(executable.getParameters())
                .filter(InjectionPoint::asks)
                .map(InjectionPoint::of)
                .map(InjectionPoint::node)
                .forEach(names::add);
    }

    /**
     * What JUnit calls bears an annotation of it, or of the user's own; what only other methods call bears none. What we call to provision
     * gets a container that no test gets.
     */
    private static boolean isForJUnit(Method method) {
        return method.getAnnotations().length > 0 && !ProvisionMethod.isOne(method);
    }

    private static boolean surroundsTests(Method method) {
        return AnnotationSupport.isAnnotated(method, BeforeEach.class)
                || AnnotationSupport.isAnnotated(method, AfterEach.class);
    }
}
