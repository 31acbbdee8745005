package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.StemcellContainer;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Parameter;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A parameter or field that asks for a container.
 *
 * @param node the name of the machine that it asks for, or empty
 * @param description as a message begins with it: {@code The parameter 'stemcell' of CronTest.runsJobs}
 * @param isConstructors whether it is a constructor's parameter
 */
record InjectionPoint(String node, String description, boolean isConstructors) {

    InjectionPoint {
        if (!node.isEmpty()) {
            Template.requireHostName(
                    node, "@Node on " + Character.toLowerCase(description.charAt(0)) + description.substring(1));
        }
    }

    static boolean asks(Parameter parameter) {
        return parameter.getType() == StemcellContainer.class;
    }

    static boolean asks(Field field) {
        return field.getType() == StemcellContainer.class;
    }

    static InjectionPoint of(ParameterContext context) {
        return of(context.getParameter());
    }

    static InjectionPoint of(Parameter parameter) {
        Executable executable = parameter.getDeclaringExecutable();
        String type = executable.getDeclaringClass().getSimpleName();
        boolean constructor = executable instanceof Constructor;
        String place = constructor ? "the constructor of " + type : type + "." + executable.getName();
        return new InjectionPoint(
                node(parameter), "The parameter '" + parameter.getName() + "' of " + place, constructor);
    }

    static InjectionPoint of(Field field) {
        String kind = java.lang.reflect.Modifier.isStatic(field.getModifiers()) ? "The static field " : "The field ";
        return new InjectionPoint(
                node(field), kind + field.getDeclaringClass().getSimpleName() + "." + field.getName(), false);
    }

    private static String node(AnnotatedElement element) {
        return AnnotationSupport.findAnnotation(element, Node.class)
                .map(Node::value)
                .orElse("");
    }
}
