package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The machines that the fixtures of a test were given, of which none may be left at its end. */
final class Seen implements BeforeEachCallback, AfterEachCallback {

    private final List<StemcellContainer> machines = new CopyOnWriteArrayList<>();

    @Override
    public void beforeEach(ExtensionContext context) {
        machines.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(Kit.ownInstances()).isEmpty();
    }

    void add(StemcellContainer... given) {
        machines.addAll(List.of(given));
    }

    List<StemcellContainer> all() {
        return machines;
    }

    /** So many times, always the same one. */
    void assertSame(int times) {
        assertSeen(times, 1);
    }

    /** So many times, another one each time. */
    void assertDifferent(int times) {
        assertSeen(times, times);
    }

    void assertSeen(int times, int different) {
        assertThat(machines).hasSize(times);
        assertThat(machines.stream().distinct()).hasSize(different);
    }
}
