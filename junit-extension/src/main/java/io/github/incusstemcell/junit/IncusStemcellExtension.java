package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.Configuration.Key;
import java.lang.reflect.Field;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ModifierSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Starts containers for tests and ends them, as {@link IncusStemcell} says; that annotation brings this extension along.
 */
final class IncusStemcellExtension
        implements ExecutionCondition, BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

    /** Skips, where the annotation asks for it, what could not have a container. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        boolean optional = Declaration.find(context)
                .map(declaration -> declaration.annotation().disabledWithoutIncus())
                .orElse(false);
        Suite suite = Suite.of(context);
        if (!optional || suite.configuration().flag(Key.REQUIRED)) {
            return ConditionEvaluationResult.enabled("Incus is required");
        }
        try {
            suite.stemcells();
            return ConditionEvaluationResult.enabled("Incus is available");
        } catch (IncusStemcellException e) {
            return ConditionEvaluationResult.disabled("Incus is not available: " + e.getMessage());
        }
    }

    /** Fills static fields, which only a container of the whole class can be in. */
    @Override
    public void beforeAll(ExtensionContext context) {
        for (Field field : fields(context.getRequiredTestClass(), true)) {
            set(field, null, container(context, "The static field " + describe(field)));
        }
    }

    /** Fills the fields of the test's instance, and of those around it. */
    @Override
    public void beforeEach(ExtensionContext context) {
        for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
            for (Field field : fields(instance.getClass(), false)) {
                set(field, instance, container(context, "The field " + describe(field)));
            }
        }
    }

    /** Tells a container that outlives the test how the test ended. */
    @Override
    public void afterEach(ExtensionContext context) {
        Declaration.find(context)
                .map(declaration -> declaration.scopeOf(context))
                .map(scope -> Stores.get(scope, key(scope), Machine.class))
                .ifPresent(machine -> context.getExecutionException().ifPresent(machine::reportFailure));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == StemcellContainer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return container(
                context,
                "The parameter '" + parameter.getParameter().getName() + "' of "
                        + parameter.getDeclaringExecutable().getDeclaringClass().getSimpleName() + "."
                        + parameter.getDeclaringExecutable().getName());
    }

    private static StemcellContainer container(ExtensionContext context, String asker) {
        Declaration declaration = Declaration.find(context)
                .map(Declaration::checked)
                .orElseThrow(() -> new ExtensionConfigurationException(asker
                        + " asks for a container, but neither its method nor its class nor a class around that has"
                        + " @IncusStemcell. Add it there"));
        requireTest(declaration, context, asker);
        ExtensionContext scope = declaration.scopeOf(context);
        return Stores.computeIfAbsent(scope, key(scope), Machine.class, key -> machine(declaration, scope))
                .container();
    }

    /** Of one scope only: a store's look-up falls through to the scopes around it, which may have a container as well. */
    private static String key(ExtensionContext scope) {
        return "machine " + scope.getUniqueId();
    }

    private static void requireTest(Declaration declaration, ExtensionContext context, String asker) {
        if (declaration.annotation().scope() == Scope.PER_TEST
                && context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(asker
                    + " asks for a container where there is no test yet, but each test has its own. Ask for it in"
                    + " @BeforeEach, in the test, or by a field that is not static; or share one container among all tests"
                    + " of the class with @IncusStemcell(scope = PER_CLASS)");
        }
    }

    private static Machine machine(Declaration declaration, ExtensionContext scope) {
        Suite suite = Suite.of(scope);
        MachineSettings settings =
                MachineSettings.of(declaration.annotation(), Declaration.describe(scope), suite.configuration());
        return new Machine(suite, settings, scope);
    }

    private static List<Field> fields(Class<?> type, boolean statics) {
        return ReflectionSupport.findFields(
                type,
                field -> field.getType() == StemcellContainer.class && ModifierSupport.isStatic(field) == statics,
                HierarchyTraversalMode.TOP_DOWN);
    }

    private static void set(Field field, Object instance, StemcellContainer container) {
        if (ModifierSupport.isFinal(field)) {
            throw new ExtensionConfigurationException(
                    "The field " + describe(field) + " is final, so no container can be put into it. Remove 'final'");
        }
        try {
            field.setAccessible(true);
            field.set(instance, container);
        } catch (IllegalAccessException | RuntimeException e) {
            throw new ExtensionConfigurationException(
                    "The field " + describe(field) + " cannot be set: " + e.getMessage(), e);
        }
    }

    private static String describe(Field field) {
        return field.getDeclaringClass().getSimpleName() + "." + field.getName();
    }
}
