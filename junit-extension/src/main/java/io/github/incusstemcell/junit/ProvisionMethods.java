package io.github.incusstemcell.junit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Finds the method that provisions a machine: as {@link IncusStemcell} is found, the nearest one counts. */
final class ProvisionMethods {

    private ProvisionMethods() {}

    /** Refuses what cannot be meant, before any test of the class runs. */
    static void check(Class<?> type) {
        checkCompanion(type, declared(type));
        if (type.getSuperclass() != null) {
            check(type.getSuperclass());
        }
        Arrays.stream(type.getInterfaces()).forEach(ProvisionMethods::check);
    }

    /** Kotlin leaves what has no {@code @JvmStatic} to the class of the companion, where nobody would look for it. */
    private static void checkCompanion(Class<?> type, List<ProvisionMethod> found) {
        Arrays.stream(type.getDeclaredClasses())
                .filter(nested -> nested.getSimpleName().equals("Companion"))
                .flatMap(companion -> Arrays.stream(companion.getDeclaredMethods()))
                .filter(ProvisionMethod::isOne)
                .filter(method -> found.stream()
                        .noneMatch(known -> known.method().getName().equals(method.getName())))
                .findFirst()
                .ifPresent(method -> {
                    throw new ExtensionConfigurationException("@Provision on " + Declaration.describe(method)
                            + " would never be called, as it is a method of the companion object only. Add @JvmStatic");
                });
    }

    /** The machines that methods of a class itself name; the empty name is for all others. */
    static List<String> nodesOf(Class<?> type) {
        return declared(type).stream().map(method -> method.annotation().node()).toList();
    }

    /**
     * The one that names the machine, or else the one for what describes it.
     *
     * @param context the test's, or that of a class
     * @param node the machine's name, or empty
     * @param described the node of the annotation or the builder that describes the machine
     */
    static Optional<ProvisionMethod> find(ExtensionContext context, String node, String described) {
        return nearest(context, node).or(() -> nearest(context, described));
    }

    /**
     * The one for the machine without a name of a test that has no context yet.
     *
     * @param classes the test's class and those around it, from the inside
     */
    static Optional<ProvisionMethod> find(List<Class<?>> classes) {
        return classes.stream().flatMap(type -> of(type, "").stream()).findFirst();
    }

    private static Optional<ProvisionMethod> nearest(ExtensionContext context, String node) {
        return Declaration.outwards(context)
                .flatMap(next -> next.getTestClass().flatMap(type -> of(type, node)).stream())
                .findFirst();
    }

    /** What a class declares itself goes before what it inherits, from its superclass before its interfaces. */
    private static Optional<ProvisionMethod> of(Class<?> type, String node) {
        Optional<ProvisionMethod> own = declared(type).stream()
                .filter(method -> method.annotation().node().equals(node))
                .findFirst();
        return own.or(() -> Optional.<Class<?>>ofNullable(type.getSuperclass()).flatMap(parent -> of(parent, node)))
                .or(() -> ofInterfaces(type, node));
    }

    private static Optional<ProvisionMethod> ofInterfaces(Class<?> type, String node) {
        Set<ProvisionMethod> found = new LinkedHashSet<>();
        Arrays.stream(type.getInterfaces()).forEach(parent -> of(parent, node).ifPresent(found::add));
        List<ProvisionMethod> methods = new ArrayList<>(found);
        if (methods.size() > 1) {
            throw tooMany(type, methods.get(0), methods.get(1));
        }
        return methods.stream().findFirst();
    }

    private static List<ProvisionMethod> declared(Class<?> type) {
        List<ProvisionMethod> methods = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .filter(ProvisionMethod::isOne)
                .sorted((one, other) -> one.getName().compareTo(other.getName()))
                .map(ProvisionMethod::of)
                .toList();
        for (ProvisionMethod method : methods) {
            methods.stream()
                    .filter(other -> other != method)
                    .filter(other ->
                            other.annotation().node().equals(method.annotation().node()))
                    .findFirst()
                    .ifPresent(other -> {
                        throw tooMany(type, method, other);
                    });
        }
        return methods;
    }

    private static ExtensionConfigurationException tooMany(
            Class<?> type, ProvisionMethod method, ProvisionMethod other) {
        String node = method.annotation().node();
        return new ExtensionConfigurationException("For " + Declaration.describe(type) + " there are two methods that"
                + " provision " + (node.isEmpty() ? "the same machine: " : "the node '" + node + "': ")
                + Declaration.describe(method.method()) + " and " + Declaration.describe(other.method())
                + ", so which of them goes first is not clear. Let one of them call the other");
    }
}
