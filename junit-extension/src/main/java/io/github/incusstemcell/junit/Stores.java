package io.github.incusstemcell.junit;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** The one place that touches JUnit's store, whose methods change their names between 5.10 and 6.1. */
final class Stores {

    private static final Namespace NAMESPACE = Namespace.create(IncusStemcellExtension.class);

    private Stores() {}

    /** What stands in the store of a context under a key, put there now if need be. The maker has to be quick. */
    static <T> T computeIfAbsent(ExtensionContext context, Object key, Class<T> type, Supplier<T> maker) {
        return context.getStore(NAMESPACE).getOrComputeIfAbsent(key, absent -> maker.get(), type);
    }

    /** What stands under a key in the store of a context or of one above it, or null. */
    static <T> T get(ExtensionContext context, Object key, Class<T> type) {
        return context.getStore(NAMESPACE).get(key, type);
    }
}
