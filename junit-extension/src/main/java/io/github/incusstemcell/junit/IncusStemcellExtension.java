package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import java.lang.reflect.Field;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;
import org.junit.jupiter.api.extension.TestInstances;
import org.junit.jupiter.api.extension.TestInstantiationAwareExtension;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ModifierSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Starts containers for tests and ends them, as {@link IncusStemcell} says; that annotation brings this extension along.
 *
 * <p>Where settings are to be computed, register one that is built, in a static field:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final IncusStemcellExtension stemcell = IncusStemcellExtension.builder()
 *         .image("ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165")
 *         .config("limits.memory", memory())
 *         .build();
 * }</pre>
 */
public abstract sealed class IncusStemcellExtension
        implements ExecutionCondition,
                BeforeAllCallback,
                BeforeEachCallback,
                TestInstancePreConstructCallback,
                ParameterResolver,
                InvocationInterceptor,
                TestTemplateInvocationContextProvider,
                TestWatcher
        permits AnnotatedStemcells, BuiltStemcells {

    /** Whether JUnit heeds {@link #getTestInstantiationExtensionContextScope}. */
    private static final boolean KNOWS_TESTS_OF_CONSTRUCTORS = ReflectionSupport.tryToLoadClass(
                    "org.junit.jupiter.api.extension.TestInstantiationAwareExtension")
            .toOptional()
            .isPresent();

    private final Declarations declarations;

    IncusStemcellExtension(Declarations declarations) {
        this.declarations = declarations;
    }

    /**
     * Begins the settings of an extension to be registered with {@code @RegisterExtension}.
     *
     * @return a builder with nothing but defaults
     */
    public static IncusStemcellBuilder builder() {
        return new IncusStemcellBuilder();
    }

    /**
     * Has JUnit 5.12 and later call a test class's constructor in the context of the test that it is for, so that it can ask for that
     * test's container. Earlier ones do not know the method.
     *
     * @param rootContext JUnit's
     * @return the method's scope
     */
    public TestInstantiationAwareExtension.ExtensionContextScope getTestInstantiationExtensionContextScope(
            ExtensionContext rootContext) {
        return TestInstantiationAwareExtension.ExtensionContextScope.TEST_METHOD;
    }

    /** Skips, where that was asked for, what could not have a container. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        begin(context);
        return declarations.isDisabledWithoutIncus(context)
                ? IncusAvailability.evaluate(context, "disabledWithoutIncus of @IncusStemcell")
                : ConditionEvaluationResult.enabled("Incus is required");
    }

    /** Whatever else may follow: what is closed last is put into the store first. */
    private static void begin(ExtensionContext context) {
        Reporting.of(context);
        FailureTracker.by(context);
    }

    /** Fills static fields, which only a container that several tests share can be in, and those of an instance that tests share. */
    @Override
    public void beforeAll(ExtensionContext context) {
        begin(context);
        declarations.register(context);
        ProvisionMethods.check(context.getRequiredTestClass());
        DeclarationCheck.check(context);
        for (Field field : fields(context.getRequiredTestClass(), true)) {
            InjectionPoint point = InjectionPoint.of(field);
            if (declarations.serves(context, point) && !isFilled(field, null)) {
                set(field, null, container(context, point));
            }
        }
        context.getTestInstances().ifPresent(instances -> fill(instances, context, declarations::servesClass));
    }

    private void fill(
            TestInstances instances, ExtensionContext context, BiPredicate<ExtensionContext, InjectionPoint> serves) {
        for (Object instance : instances.getAllInstances()) {
            for (Field field : fields(instance.getClass(), false)) {
                InjectionPoint point = InjectionPoint.of(field);
                if (serves.test(context, point) && !isFilled(field, instance)) {
                    requireOwnInstance(context, point);
                    set(field, instance, container(context, point));
                }
            }
        }
    }

    /** Has everything started that the test will ask for, and fills the fields of its instance and of those around that. */
    @Override
    public void beforeEach(ExtensionContext context) {
        begin(context);
        Reporting.of(context).started();
        declarations.register(context);
        declarations.selections(context).forEach(selection -> selection.begin(context));
        declarations.running(context).forEach(FailureTracker.by(context)::add);
        fill(context.getRequiredTestInstances(), context, declarations::serves);
        Reporting.of(context)
                .whileWaiting(
                        () -> FailureTracker.by(context).machines().forEach(machines -> machines.takeTurn(context)));
    }

    /** JUnit 5.12 and later have the test's context here, and call nothing else of ours for it if its instance cannot be made. */
    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        begin(context);
    }

    /** Earlier ones tell only here of a test that failed before any other callback of ours, as its instance was made. */
    @Override
    public void testFailed(ExtensionContext test, Throwable failure) {
        if (!KNOWS_TESTS_OF_CONSTRUCTORS) {
            test.getParent()
                    .ifPresent(around -> FailureTracker.failed(around, test, failure, () -> Reporting.ofClosed(test)));
        }
    }

    /** Dynamic tests have neither a container nor callbacks of their own, but their failures count. */
    @Override
    public void interceptDynamicTest(
            Invocation<Void> invocation, DynamicTestInvocationContext dynamic, ExtensionContext context)
            throws Throwable {
        try {
            invocation.proceed();
        } catch (Throwable failure) {
            FailureTracker.failed(factory(context), failure);
            throw failure;
        }
    }

    private static ExtensionContext factory(ExtensionContext dynamicTest) {
        ExtensionContext context = dynamicTest;
        while (context.getTestMethod().isEmpty() && context.getParent().isPresent()) {
            context = context.getParent().get();
        }
        return context;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return InjectionPoint.asks(parameter.getParameter())
                && declarations.serves(context, InjectionPoint.of(parameter));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return container(context, InjectionPoint.of(parameter));
    }

    /** Those that are to run once with each of several images. */
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return InvocationVariants.isPlain(context)
                && !declarations.variants(context).isEmpty();
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        InvocationVariants variants = InvocationVariants.of(context);
        return declarations.variants(context).stream().map(variants::invocation);
    }

    /** The names of what a class is to run once with each of; none if it asks this extension for none. */
    List<String> variants(ExtensionContext context) {
        return declarations.variants(context);
    }

    private StemcellContainer container(ExtensionContext context, InjectionPoint point) {
        try {
            return Reporting.of(context)
                    .whileWaiting(() -> declarations.selection(context, point).container(context, point.node()));
        } catch (IncusStemcellException e) {
            throw Suite.of(context).failures().tell(e, Declaration.describe(context));
        }
    }

    /** One instance for all tests of a class has one field for all their containers, also while two of them run. */
    private void requireOwnInstance(ExtensionContext context, InjectionPoint point) {
        boolean shared = context.getTestInstanceLifecycle()
                .filter(Lifecycle.PER_CLASS::equals)
                .isPresent();
        boolean concurrent = context.getExecutionMode() == ExecutionMode.CONCURRENT
                && context.getConfigurationParameter("junit.jupiter.execution.parallel.enabled", Boolean::valueOf)
                        .orElse(false);
        boolean perTest = declarations
                .find(context, point.node())
                .filter(declaration -> declaration.template().scope() == Scope.PER_TEST)
                .isPresent();
        if (shared && concurrent && perTest) {
            throw new ExtensionConfigurationException(
                    point.description() + " is one for all tests of its class, because"
                            + " of @TestInstance(PER_CLASS), but they run in parallel and each has a container of its own. Ask"
                            + " for it by a parameter; or run them one after the other with @Execution(SAME_THREAD)");
        }
    }

    private static List<Field> fields(Class<?> type, boolean statics) {
        return ReflectionSupport.findFields(
                type,
                field -> InjectionPoint.asks(field) && ModifierSupport.isStatic(field) == statics,
                HierarchyTraversalMode.TOP_DOWN);
    }

    /** Whether it has got its container from the constructor, for good. */
    private static boolean isFilled(Field field, @Nullable Object instance) {
        if (!ModifierSupport.isFinal(field)) {
            return false;
        }
        try {
            field.setAccessible(true);
            if (field.get(instance) != null) {
                return true;
            }
        } catch (IllegalAccessException | RuntimeException e) {
            throw inaccessible(field, "read", e);
        }
        throw new ExtensionConfigurationException(InjectionPoint.of(field).description()
                + " is final, so no container can be put into it. Remove 'final'");
    }

    static void set(Field field, @Nullable Object instance, StemcellContainer container) {
        try {
            field.setAccessible(true);
            field.set(instance, container);
        } catch (IllegalAccessException | RuntimeException e) {
            throw inaccessible(field, "set", e);
        }
    }

    private static ExtensionConfigurationException inaccessible(Field field, String what, Exception reason) {
        return new ExtensionConfigurationException(
                InjectionPoint.of(field).description() + " cannot be " + what + ": " + reason.getMessage()
                        + ". Open the package " + field.getDeclaringClass().getPackageName()
                        + " in its module-info.java, or ask for the container by a parameter",
                reason);
    }
}
