package io.github.incusstemcell.junit;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
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

    private static Set<String> around(ExtensionContext context, Function<ExtensionContext, Set<String>> names) {
        Set<String> all = new LinkedHashSet<>();
        for (Optional<ExtensionContext> next = Optional.of(context);
                next.isPresent();
                next = next.get().getParent()) {
            all.addAll(names.apply(next.get()));
        }
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

    /** Refuses a name that is mistyped, most likely, where what describes the machines without a name would serve it. */
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
