package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.Provisioner;
import io.github.incusstemcell.container.Provisioning;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.bytecode.MethodDigest;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ModifierSupport;
import org.junit.platform.commons.support.ReflectionSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A method that provisions a container.
 *
 * @param method the method, which can be called with a container
 * @param annotation what it says of itself
 */
record ProvisionMethod(Method method, Provision annotation) implements Provisioner {

    private static final Logger LOG = LoggerFactory.getLogger(ProvisionMethod.class);

    static boolean isOne(Method method) {
        return AnnotationSupport.isAnnotated(method, Provision.class);
    }

    /**
     * @throws ExtensionConfigurationException if the method cannot be called
     */
    static ProvisionMethod of(Method method) {
        Provision annotation =
                AnnotationSupport.findAnnotation(method, Provision.class).orElseThrow();
        ProvisionMethod provision = new ProvisionMethod(method, annotation);
        if (!ModifierSupport.isStatic(method)) {
            throw new ExtensionConfigurationException(provision.origin()
                    + " is on a method that is not static, but it runs once for many tests, and without any of them."
                    + " Make the method static");
        }
        if (method.getParameterCount() != 1 || !InjectionPoint.asks(method.getParameters()[0])) {
            throw new ExtensionConfigurationException(provision.origin() + " is on a method that takes "
                    + provision.parameters() + ", but it is called with the container to provision. Let its only"
                    + " parameter be a StemcellContainer");
        }
        if (AnnotationSupport.isAnnotated(method.getParameters()[0], Node.class)) {
            throw new ExtensionConfigurationException(provision.origin()
                    + " has @Node on its parameter, where it says nothing. Write @Provision(node = \"...\")");
        }
        if (!annotation.node().isEmpty()) {
            Template.requireHostName(annotation.node(), provision.origin());
        }
        return provision;
    }

    /** As a message names it: {@code @Provision on NginxTest.install}. */
    String origin() {
        return "@Provision on " + Declaration.describe(method);
    }

    private String parameters() {
        return method.getParameterCount() == 0
                ? "no parameter"
                : Arrays.stream(method.getParameters())
                        .map(Parameter::getType)
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(" and "));
    }

    /** The name is that of the class in which the method stands: classes that inherit it share an image. */
    Provisioning provisioning() {
        return new Provisioning(
                method.getDeclaringClass().getName() + "#" + method.getName(),
                annotation.version(),
                Arrays.stream(annotation.files()).map(Path::of).toList(),
                this);
    }

    @Override
    public String fingerprint() {
        try {
            return MethodDigest.of(method);
        } catch (UncheckedIOException e) {
            LOG.warn(
                    "Whether {} was changed cannot be seen, so change its version with it: {}",
                    origin(),
                    e.getMessage());
            return "";
        }
    }

    @Override
    public void provision(StemcellContainer container) {
        ReflectionSupport.invokeMethod(method, null, container);
    }
}
