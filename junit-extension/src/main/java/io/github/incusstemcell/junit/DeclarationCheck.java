package io.github.incusstemcell.junit;

import io.github.incusstemcell.internal.Spelling;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what JUnit and we would take as it stands, but nobody can have meant. */
final class DeclarationCheck {

    private static final Logger LOG = LoggerFactory.getLogger(DeclarationCheck.class);

    private DeclarationCheck() {}

    /** Looks at a class before its tests. */
    static void check(ExtensionContext context) {
        Class<?> type = context.getRequiredTestClass();
        Set<String> asked = around(context, RequestedNodes::of);
        Set<String> described = around(context, Declaration::nodesOn);
        for (String node : ProvisionMethods.nodesOf(type)) {
            if (!node.isEmpty() && !asked.contains(node) && !described.contains(node)) {
                throw provisionsNobody(type, node, asked, described);
            }
        }
        if (Declaration.isAnnotated(context) && asked.isEmpty()) {
            LOG.warn(
                    "@IncusStemcell on {} starts nothing: none of its tests asks for a container. Ask with a parameter or a field of"
                            + " the type StemcellContainer",
                    Declaration.describe(context));
        }
    }

    /**
     * Looks at a class of a plan: where no extension of ours stands, JUnit calls nothing of ours, so that it can only be logged.
     *
     * @param classes the class and those around it, from the inside
     */
    static void check(List<Class<?>> classes) {
        Class<?> type = classes.get(0);
        List<Method> provisions =
                ReflectionSupport.findMethods(type, ProvisionMethod::isOne, HierarchyTraversalMode.TOP_DOWN);
        if (!provisions.isEmpty() && classes.stream().noneMatch(DeclarationCheck::hasStemcells)) {
            LOG.error(
                    "@Provision on {} is never called: there is no @IncusStemcell on {}, nor on a method or a class around it."
                            + " Add it there",
                    Declaration.describe(provisions.get(0)),
                    Declaration.describe(type));
        }
    }

    private static boolean hasStemcells(Class<?> type) {
        return isAnnotated(type)
                || !ReflectionSupport.findMethods(type, DeclarationCheck::isAnnotated, HierarchyTraversalMode.TOP_DOWN)
                        .isEmpty()
                || PlannedTest.isServedByBuilt(type);
    }

    private static boolean isAnnotated(AnnotatedElement element) {
        return !AnnotationSupport.findRepeatableAnnotations(element, IncusStemcell.class)
                .isEmpty();
    }

    private static Set<String> around(ExtensionContext context, Function<ExtensionContext, Set<String>> names) {
        Set<String> all = new LinkedHashSet<>();
        Declaration.outwards(context).map(names).forEach(all::addAll);
        return all;
    }

    private static ExtensionConfigurationException provisionsNobody(
            Class<?> type, String node, Set<String> asked, Set<String> described) {
        Set<String> known = new TreeSet<>(asked);
        known.addAll(described);
        known.remove("");
        return new ExtensionConfigurationException("@Provision(node = \"" + node + "\") in "
                + Declaration.describe(type)
                + " provisions a machine that no test asks for. "
                + (known.isEmpty()
                        ? "Leave the node out, as none of them asks with @Node"
                        : "Did you mean '" + Spelling.nearest(node, known).orElseThrow() + "'? There is "
                                + String.join(", ", known)));
    }

    /** Refuses a name that is mistyped, most likely, which nothing describes, or what describes the machines without a name. */
    static void check(ExtensionContext context, String node) {
        Set<String> described = around(context, Declaration::nodesOn);
        if (!node.isEmpty() && !described.contains(node)) {
            Spelling.mistyped(node, described).ifPresent(meant -> {
                throw new ExtensionConfigurationException(Declaration.describe(context)
                        + " asks for a container with @Node(\"" + node + "\"), but there is @IncusStemcell"
                        + "(node = \"" + meant + "\"). Did you mean '" + meant
                        + "'? If it is another machine, describe it: @IncusStemcell(node = \"" + node + "\")");
            });
        }
    }
}
