package io.github.incusstemcell.systemd;

import io.github.incusstemcell.systemd.dbus.BusMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a unit's properties up to date with the signals, so that each state is seen, however short.
 *
 * <p>Everything happens on the connection's reading thread, in the order of the wire: signals that were sent before the
 * answer with all properties are older than it and are dropped.
 */
final class UnitFeed implements Consumer<ManagerEvent> {

    private static final String LOAD_STATE = "LoadState";
    private static final String LOADED = "loaded";

    private final String name;
    private final Consumer<@Nullable Map<String, Object>> listener;
    private final Consumer<CompletableFuture<BusMessage>> read;

    /** All of them; empty until they were read. */
    private Map<String, Object> properties = Map.of();

    /** All that signals told of a unit that came to be; empty once its configuration is known, too. */
    private Map<String, Object> told = Map.of();

    /** The same after each signal, for as long as the question for the configuration is on its way. */
    private final List<Map<String, Object>> held = new ArrayList<>();

    /** Whether that question is on its way: a second one might be answered when the unit has gone again. */
    private boolean isAsked;

    /**
     * Watches one unit.
     *
     * @param listener takes all properties at each change; null once nothing more can come
     * @param read asks for all properties, and completes the future with the answer
     */
    UnitFeed(
            String name,
            Consumer<@Nullable Map<String, Object>> listener,
            Consumer<CompletableFuture<BusMessage>> read) {
        this.name = name;
        this.listener = listener;
        this.read = read;
    }

    void readAll() {
        // What to do with the answer is said before the question is asked, or another thread might do it.
        CompletableFuture<BusMessage> answer = new CompletableFuture<>();
        answer.thenAccept(this::replace);
        read.accept(answer);
    }

    @SuppressWarnings("unchecked")
    private void replace(BusMessage answer) {
        isAsked = false;
        if (answer.type() == BusMessage.ERROR) {
            listener.accept(null);
            return;
        }
        Map<String, Object> all = (Map<String, Object>) answer.body().get(0);
        boolean isThere = LOADED.equals(all.get(LOAD_STATE));
        held.forEach(one -> listener.accept(with(isThere ? all : properties, one)));
        held.clear();
        if (!told.isEmpty() && !isThere) {
            // It has gone before we could read it, or is yet to come: systemd 252 tells of a unit that is only asked
            // for.
            // What the signals told is all there is to know, until there are more of them.
            return;
        }
        told = Map.of();
        properties = Map.copyOf(all);
        listener.accept(properties);
    }

    private static Map<String, Object> with(Map<String, Object> all, Map<String, Object> changed) {
        Map<String, Object> both = new HashMap<>(all);
        both.putAll(changed);
        return both;
    }

    @Override
    public void accept(ManagerEvent event) {
        if (event instanceof ManagerEvent.Lost) {
            listener.accept(null);
        } else if (properties.isEmpty()) {
            return;
        } else if (event instanceof ManagerEvent.Reloaded) {
            readAll();
        } else if (event instanceof ManagerEvent.UnitChanged changed && isOurs(changed.unit())) {
            change(changed);
        }
    }

    /** Signals carry the unit's own name, which is not the one asked for where that is an alias. */
    private boolean isOurs(String unit) {
        return unit.equals(name) || unit.equals(properties.get("Id"));
    }

    private void change(ManagerEvent.UnitChanged changed) {
        if (LOADED.equals(properties.get(LOAD_STATE))) {
            properties = with(properties, changed.values());
            if (changed.isComplete()) {
                listener.accept(properties);
            }
            return;
        }
        // It came to be since; its configuration is part of no signal.
        told = with(told, changed.values());
        told.put(LOAD_STATE, LOADED);
        if (!isAsked) {
            isAsked = true;
            readAll();
        }
        if (changed.isComplete()) {
            held.add(told);
        }
    }
}
