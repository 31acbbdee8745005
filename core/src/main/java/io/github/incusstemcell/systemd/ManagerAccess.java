package io.github.incusstemcell.systemd;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Instance;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The way to a service manager, found when it is first needed, and from the system's those to the managers of users. All
 * handles on a guest's systemd share it.
 */
final class ManagerAccess implements AutoCloseable {

    private final Instance instance;
    private final Scope scope;
    private final Map<String, ManagerAccess> users = new HashMap<>();
    private ServiceManager manager;
    private boolean closed;

    ManagerAccess(Instance instance, Scope scope) {
        this.instance = instance;
        this.scope = scope;
    }

    Instance instance() {
        return instance;
    }

    Scope scope() {
        return scope;
    }

    /** {@return how messages name it} */
    String name() {
        return scope.on(instance.name());
    }

    /**
     * The manager, to which there is a connection by then, if there can be one.
     *
     * @param answer how long the connection, and each answer behind it, may take
     */
    synchronized ServiceManager answeringWithin(Duration answer) {
        if (closed) {
            throw new SystemdException("The handle on systemd of " + name() + " is closed");
        }
        if (manager == null) {
            BusLink link = new BusLink(new Bridge(instance, scope));
            try {
                link.connection(answer);
                manager = new BusManager(link, answer);
            } catch (Bridge.MissingException e) {
                manager = new SystemctlManager(instance, scope, answer);
            }
        }
        return manager.answeringWithin(answer);
    }

    /** {@return the way to a user's manager, which is started where it does not run yet} */
    ManagerAccess ofUser(String user, Duration answer) {
        synchronized (users) {
            return users.computeIfAbsent(user, name -> startUser(name, answer));
        }
    }

    private ManagerAccess startUser(String user, Duration answer) {
        String uid = instance.exec(Command.of("id", "-u", "--", user).timeout(answer))
                .requireSuccess()
                .stdout()
                .strip();
        new Systemd(this, answer).start("user@" + uid + ".service");
        return new ManagerAccess(instance, new Scope(user, Long.parseLong(uid)));
    }

    @Override
    public void close() {
        synchronized (users) {
            users.values().forEach(ManagerAccess::close);
        }
        synchronized (this) {
            closed = true;
            if (manager != null) {
                manager.close();
            }
        }
    }
}
