package io.github.incusstemcell.junit;

import io.github.incusstemcell.incus.IncusUnavailableException;
import io.github.incusstemcell.junit.Configuration.Key;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests where there is no Incus to connect to, as {@link EnabledIfIncusAvailable} says. */
final class IncusAvailability implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return evaluate(context, "@EnabledIfIncusAvailable");
    }

    /** Only the want of an Incus is a reason to skip: a project that does not exist, say, is a mistake, and the test shows it. */
    static ConditionEvaluationResult evaluate(ExtensionContext context, String wish) {
        Suite suite = Suite.of(context);
        try {
            suite.stemcells();
            return ConditionEvaluationResult.enabled("Incus is available");
        } catch (IncusUnavailableException e) {
            if (suite.configuration().flag(Key.REQUIRED).orElse(false)) {
                throw new ExtensionConfigurationException(
                        wish + " would skip " + Declaration.describe(context) + ", but " + Key.REQUIRED.property()
                                + " is true: " + e.getMessage(),
                        e);
            }
            return ConditionEvaluationResult.disabled("Incus is not available: " + e.getMessage());
        } catch (RuntimeException e) {
            return ConditionEvaluationResult.enabled("Incus answers, but cannot be used: " + e.getMessage());
        }
    }
}
