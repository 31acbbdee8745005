package io.github.incusstemcell.junit;

import io.github.incusstemcell.container.BootFile;
import io.github.incusstemcell.container.ContainerSpec;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A test that is to come, before JUnit has a context for it.
 *
 * @param method the test's method
 * @param classes its class and those around it, from the inside
 */
record PlannedTest(Method method, List<Class<?>> classes) {

    private static final Logger LOG = LoggerFactory.getLogger(PlannedTest.class);

    /**
     * The container that the test will ask for, where that is certain, and where it does not matter when it is started: one that is the
     * test's own, alone, and takes nothing but its image from what other tests might change before.
     */
    Optional<ContainerSpec> container(Configuration configuration) {
        try {
            return mayBeSkipped()
                            || isServedByBuilt()
                            || !RequestedNodes.of(method, classes).equals(Set.of(""))
                    ? Optional.empty()
                    : Declaration.annotated(places())
                            .filter(template -> template.scope() == Scope.PER_TEST)
                            .filter(template -> template.variants().isEmpty())
                            .filter(template -> template.network()
                                    .filter(name -> !name.equals(ContainerSpec.NO_NETWORK))
                                    .isEmpty())
                            .map(template -> settings(template, configuration).spec())
                            .filter(PlannedTest::standsAlone);
        } catch (RuntimeException e) {
            // What is wrong with it, the test itself will say.
            LOG.debug("What {} will ask for is not known before it runs", owner(), e);
            return Optional.empty();
        }
    }

    private List<AnnotatedElement> places() {
        List<AnnotatedElement> places = new ArrayList<>();
        places.add(method);
        places.addAll(classes);
        return places;
    }

    private MachineSettings settings(Template template, Configuration configuration) {
        MachineSettings settings = MachineSettings.of(template, owner(), configuration);
        return ProvisionMethods.find(classes).map(settings::provisionedBy).orElse(settings);
    }

    /** As {@link Declaration#describe(org.junit.jupiter.api.extension.ExtensionContext)} has it. */
    private String owner() {
        return Declaration.describe(classes.get(0)) + "." + method.getName();
    }

    private boolean mayBeSkipped() {
        return places().stream()
                .anyMatch(place -> AnnotationSupport.isAnnotated(place, Disabled.class)
                        || AnnotationSupport.findRepeatableAnnotations(place, ExtendWith.class).stream()
                                .flatMap(annotation -> Stream.of(annotation.value()))
                                .anyMatch(PlannedTest::isForeignCondition));
    }

    private static boolean isForeignCondition(Class<?> extension) {
        return ExecutionCondition.class.isAssignableFrom(extension)
                && extension.getPackage() != PlannedTest.class.getPackage();
    }

    /** What an extension was built with, is known when its field is. */
    private boolean isServedByBuilt() {
        return classes.stream().anyMatch(PlannedTest::isServedByBuilt);
    }

    static boolean isServedByBuilt(Class<?> type) {
        return !ReflectionSupport.findFields(
                        type,
                        field -> IncusStemcellExtension.class.isAssignableFrom(field.getType()),
                        HierarchyTraversalMode.TOP_DOWN)
                .isEmpty();
    }

    /** Files, devices, profiles, projects and pools may be made or changed by the tests before; an address is one container's at a time. */
    private static boolean standsAlone(ContainerSpec spec) {
        return spec.address().isEmpty()
                && spec.files().stream().noneMatch(BootFile.Copy.class::isInstance)
                && AnnotationReader.OURS.containsAll(spec.devices().keySet())
                && spec.profiles().isEmpty()
                && spec.config().keySet().stream().noneMatch(key -> key.startsWith("raw."))
                && spec.location().project().isEmpty()
                && spec.location().storagePool().isEmpty()
                && !spec.logsJournal();
    }
}
