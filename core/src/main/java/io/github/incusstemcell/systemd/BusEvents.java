package io.github.incusstemcell.systemd;

import io.github.incusstemcell.systemd.dbus.BusMessage;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns the signals of a connection into events. */
final class BusEvents implements BusConnection.Listener {

    private final Consumer<ManagerEvent> listener;

    BusEvents(Consumer<ManagerEvent> listener) {
        this.listener = listener;
    }

    @Override
    public void signal(BusMessage signal) {
        ManagerEvent event = event(signal);
        if (event != null) {
            listener.accept(event);
        }
    }

    @Override
    public void closed() {
        listener.accept(new ManagerEvent.Lost());
    }

    private static @Nullable ManagerEvent event(BusMessage signal) {
        List<Object> body = signal.body();
        return switch (signal.member()) {
            case "PropertiesChanged" -> unitChanged(signal);
            case "JobNew" -> new ManagerEvent.JobNew((Long) body.get(0), (String) body.get(2));
            case "JobRemoved" ->
                new ManagerEvent.JobRemoved((Long) body.get(0), (String) body.get(2), (String) body.get(3));
            case "StartupFinished" -> new ManagerEvent.StartupFinished();
            case "Reloading" -> Boolean.FALSE.equals(body.get(0)) ? new ManagerEvent.Reloaded() : null;
            default -> null;
        };
    }

    @SuppressWarnings("unchecked")
    private static @Nullable ManagerEvent unitChanged(BusMessage signal) {
        String unit = UnitName.ofPath(signal.path());
        return unit == null
                ? null
                : new ManagerEvent.UnitChanged(unit, (String) signal.body().get(0), (Map<String, Object>)
                        signal.body().get(1));
    }
}
