package io.github.incusstemcell.container;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What is made when it is first asked for, once for each key, while others who want the same wait and those who want something else do not.
 * A failure is not kept: who asks next makes it.
 */
final class MemoizedMap<K, V> {

    private final Function<K, V> maker;
    private final Map<K, Memoized<V>> asked = new ConcurrentHashMap<>();
    private final Map<K, V> made = new ConcurrentHashMap<>();

    MemoizedMap(Function<K, V> maker) {
        this.maker = maker;
    }

    /** Not within the map's own computeIfAbsent, which holds up other keys, and cannot be interrupted. */
    V get(K key) {
        return asked.computeIfAbsent(key, absent -> new Memoized<>(() -> make(absent)))
                .get();
    }

    private V make(K key) {
        boolean done = false;
        try {
            V value = maker.apply(key);
            made.put(key, value);
            done = true;
            return value;
        } finally {
            if (!done) {
                asked.remove(key);
            }
        }
    }

    void forget(K key) {
        made.remove(key);
        asked.remove(key);
    }

    /** Those that are made by now. */
    void forEach(BiConsumer<K, V> action) {
        made.forEach(action);
    }
}
