package io.github.incusstemcell.junit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** What one extension knows of the machines that tests may ask it for: from annotations, or what it was built with. */
record Declarations(Optional<Template> built) {

    /** An extension that was built, in the store of the class or test that it is registered for. */
    private record Registration(Declarations declarations, ExtensionContext context) {}

    /** Lets the other extensions of a class know that this one was built for a machine. */
    void register(ExtensionContext context) {
        built.ifPresent(template -> {
            Object key = registrationKey(template.node());
            Registration existing = Stores.get(context, key, Registration.class);
            if (existing == null) {
                Stores.computeIfAbsent(context, key, Registration.class, () -> new Registration(this, context));
            } else if (existing.declarations() != this) {
                throw new ExtensionConfigurationException("For " + Declaration.describe(context)
                        + " two IncusStemcellExtension are registered "
                        + (template.node().isEmpty() ? "without a node" : "for the node '" + template.node() + "'")
                        + ", so which of them gives a container is not clear. Name them apart with"
                        + " builder().node(\"db\"), and ask with @Node(\"db\")");
            }
        });
    }

    private static Object registrationKey(String node) {
        return List.of("registration", node);
    }

    /** Whether tests are skipped where there is no Incus. */
    boolean isDisabledWithoutIncus(ExtensionContext context) {
        return built.map(Template::disabledWithoutIncus).orElseGet(() -> Declaration.isDisabledWithoutIncus(context));
    }

    /** Whether this extension answers who asks: with a container, or with what is wrong. */
    boolean serves(ExtensionContext context, InjectionPoint point) {
        boolean declared = find(context, point.node()).isPresent();
        boolean othersDo = Stores.get(context, registrationKey(point.node()), Registration.class) != null;
        return declared || built.isEmpty() && !othersDo;
    }

    /** Whether it has a container for who asks before any test, and for all of them. */
    boolean servesClass(ExtensionContext context, InjectionPoint point) {
        return find(context, point.node())
                .map(Declaration::template)
                .filter(template -> template.scope() != Scope.PER_TEST)
                .filter(template -> template.variants().isEmpty()
                        || InvocationVariants.chosen(context).isPresent())
                .isPresent();
    }

    /** What counts for a machine, where this extension has a say in it. */
    Optional<Declaration> find(ExtensionContext context, String node) {
        return built.isPresent() ? findBuilt(built.get(), context, node) : findAnnotated(context, node);
    }

    private static Optional<Declaration> findAnnotated(ExtensionContext context, String node) {
        return Declaration.annotated(context, node)
                .filter(declaration -> declaration.template().node().equals(node)
                        || Stores.get(context, registrationKey(node), Registration.class) == null);
    }

    private Optional<Declaration> findBuilt(Template template, ExtensionContext context, String node) {
        if (!template.node().equals(node) || Declaration.isOnMethod(context, node)) {
            return Optional.empty();
        }
        Declaration.annotated(context, node)
                .filter(annotated -> annotated.template().node().equals(node))
                .ifPresent(annotated -> {
                    throw new ExtensionConfigurationException("For " + Declaration.describe(annotated.context())
                            + " there are both an @IncusStemcell and a registered IncusStemcellExtension"
                            + (node.isEmpty() ? "" : " for the node '" + node + "'")
                            + ", so which of them gives a container is not clear. Remove one of them, or name them"
                            + " apart with builder().node(\"db\"), and ask with @Node(\"db\")");
                });
        return Optional.of(new Declaration(template, registeredAt(template, context)));
    }

    /** The class whose tests share a container of this extension. */
    private ExtensionContext registeredAt(Template template, ExtensionContext context) {
        Registration registration = Stores.get(context, registrationKey(template.node()), Registration.class);
        if (registration != null) {
            return registration.context();
        }
        ExtensionContext nearest = context;
        while (nearest.getTestMethod().isPresent() && nearest.getParent().isPresent()) {
            nearest = nearest.getParent().get();
        }
        return Declaration.whole(nearest);
    }

    /** The machines that one who asks gets one of. */
    NodeSelection selection(ExtensionContext context, InjectionPoint point) {
        Declaration declaration =
                find(context, point.node()).map(this::checked).orElseThrow(() -> undeclared(context, point));
        requireTest(declaration, context, point);
        requireIntended(declaration, context, point.node());
        return selection(declaration, context).with(point.node(), settings(declaration, context, point.node()));
    }

    /** All machines that a test asks for, scope by scope. */
    List<NodeSelection> selections(ExtensionContext test) {
        Map<Machines, NodeSelection> selections = new LinkedHashMap<>();
        for (String node : RequestedNodes.of(test)) {
            find(test, node)
                    .map(this::checked)
                    .map(declaration -> requireIntended(declaration, test, node))
                    .map(declaration -> selection(declaration, test).with(node, settings(declaration, test, node)))
                    .ifPresent(selection -> selections.merge(selection.machines(), selection, NodeSelection::and));
        }
        return new ArrayList<>(selections.values());
    }

    /** Machines of the test's class that run already, perhaps used by way of a variable that we do not see. */
    Set<Machines> running(ExtensionContext test) {
        Set<Machines> running = new LinkedHashSet<>();
        test.getParent().ifPresent(around -> RequestedNodes.of(around).forEach(node -> find(test, node)
                .filter(declaration -> declaration.template().scope() == Scope.PER_CLASS)
                .map(declaration -> Machines.existing(declaration.context(), key(Scope.PER_CLASS, test)))
                .ifPresent(running::add)));
        return running;
    }

    private NodeSelection selection(Declaration declaration, ExtensionContext context) {
        Scope scope = declaration.template().scope();
        if (scope == Scope.PER_TEST) {
            return new NodeSelection(Machines.of(context, scope), Map.of());
        }
        Map<String, MachineSettings> shared = new LinkedHashMap<>();
        for (String node : RequestedNodes.of(declaration.context())) {
            find(declaration.context(), node)
                    .filter(other -> other.template().scope() == scope)
                    .filter(other -> other.context().equals(declaration.context()))
                    .ifPresent(other -> shared.put(node, settings(other, context, node)));
        }
        return scope == Scope.PER_CLASS
                ? new NodeSelection(Machines.of(declaration.context(), key(scope, context)), shared)
                : new NodeSelection(Machines.of(context.getRoot(), shared), shared);
    }

    /** Tests that run once with each of several variants share one container for each. */
    private static Object key(Scope scope, ExtensionContext context) {
        return List.of(scope, InvocationVariants.chosen(context));
    }

    /** The names of what a test, or a class, is to run once with each of; none where it runs once, or does so already. */
    List<String> variants(ExtensionContext context) {
        if (InvocationVariants.chosen(context).isPresent()) {
            return List.of();
        }
        List<List<Variant>> found = RequestedNodes.of(context).stream()
                .flatMap(node -> find(context, node).stream())
                .map(declaration -> declaration.template().variants())
                .filter(variants -> !variants.isEmpty())
                .toList();
        List<List<String>> names = found.stream().map(Variant::names).distinct().toList();
        if (names.size() > 1) {
            String kind = Variant.kind(found.stream().flatMap(List::stream).toList());
            throw new ExtensionConfigurationException(Declaration.describe(context)
                    + " asks for machines with different "
                    + kind + " to run with each of: " + names.get(0) + " and " + names.get(1) + ". Name the same "
                    + kind + " for all of them, or one " + Variant.singular(kind));
        }
        return names.stream().findFirst().orElse(List.of());
    }

    private static MachineSettings settings(Declaration declaration, ExtensionContext context, String node) {
        Optional<String> chosen = InvocationVariants.chosen(context);
        String owner = declaration.owner(context);
        MachineSettings settings = MachineSettings.of(
                declaration.template().withChosen(chosen, owner),
                chosen.map(variant -> owner + " with " + variant).orElse(owner),
                Suite.of(context).configuration());
        return declaration.provision(context, node).map(settings::provisionedBy).orElse(settings);
    }

    private static Declaration requireIntended(Declaration declaration, ExtensionContext context, String node) {
        if (!declaration.template().node().equals(node)) {
            DeclarationCheck.check(context, node);
        }
        return declaration;
    }

    private void requireTest(Declaration declaration, ExtensionContext context, InjectionPoint point) {
        Scope scope = declaration.template().scope();
        if (scope == Scope.PER_TEST && context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(
                    point.isConstructors() ? tooEarlyForConstructor(context, point) : tooEarly(point));
        }
    }

    private Declaration checked(Declaration declaration) {
        if (built.isPresent()
                && declaration.template().scope() == Scope.PER_CLASS
                && declaration.context().getTestMethod().isPresent()) {
            throw new ExtensionConfigurationException(
                    "An IncusStemcellExtension with scope(PER_CLASS) is registered for "
                            + Declaration.describe(declaration.context())
                            + " in a field that is not static, so each test has one"
                            + " of its own. Make that field static");
        }
        return declaration.checked();
    }

    private static ExtensionConfigurationException undeclared(ExtensionContext context, InjectionPoint point) {
        DeclarationCheck.check(context, point.node());
        return new ExtensionConfigurationException(point.description() + " asks for a container"
                + (point.node().isEmpty() ? "" : " of the node '" + point.node() + "'")
                + ", but neither its method nor its class nor a class around that has @IncusStemcell"
                + (point.node().isEmpty() ? " without a node" : "") + ". Add it there");
    }

    private static String tooEarly(InjectionPoint point) {
        return point.description()
                + " asks for a container where there is no test yet, but each test has its own. Ask for"
                + " it in @BeforeEach, in the test, or by a field that is not static; or share one container among all"
                + " tests of the class with scope = PER_CLASS";
    }

    private static String tooEarlyForConstructor(ExtensionContext context, InjectionPoint point) {
        boolean perClass = context.getTestInstanceLifecycle()
                .filter(Lifecycle.PER_CLASS::equals)
                .isPresent();
        return point.description() + " asks for a container, but each test has its own, and "
                + (perClass
                        ? "with @TestInstance(PER_CLASS) the constructor runs once for all tests. Ask for it"
                        : "only JUnit 5.12 and later say which test a constructor runs for. Use that, or ask for it")
                + " in @BeforeEach or in the test; or share one container among all tests of the class with"
                + " scope = PER_CLASS";
    }
}
