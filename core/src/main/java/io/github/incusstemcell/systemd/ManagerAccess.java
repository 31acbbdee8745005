package io.github.incusstemcell.systemd;

import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.Instance;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The way to a service manager, found when it is first needed, and from the system's those to the managers of users. All
 * handles on a guest's systemd share it.
 */
final class ManagerAccess implements AutoCloseable {

    private final Instance instance;
    private final Scope scope;
    private final Map<String, ManagerAccess> users = new ConcurrentHashMap<>();
    private final ConnectingTurn turn;
    private volatile @Nullable ServiceManager manager;
    private volatile boolean closed;

    ManagerAccess(Instance instance, Scope scope) {
        this.instance = instance;
        this.scope = scope;
        this.turn = new ConnectingTurn(name());
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
    ServiceManager answeringWithin(Duration answer) {
        requireOpen();
        ServiceManager found = manager;
        if (found == null) {
            found = turn.within(answer, this::connected);
        }
        return found.answeringWithin(answer);
    }

    private ServiceManager connected(Duration left) {
        requireOpen();
        ServiceManager found = manager;
        if (found == null) {
            found = connect(left);
            manager = found;
            if (closed) {
                found.close();
                requireOpen();
            }
        }
        return found;
    }

    private ServiceManager connect(Duration left) {
        BusLink link = new BusLink(new Bridge(instance, scope));
        try {
            link.connection(left);
            return new BusManager(link, left);
        } catch (Bridge.MissingException e) {
            return new SystemctlManager(instance, scope, left);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new SystemdException("The handle on systemd of " + name() + " is closed");
        }
    }

    /** {@return the way to a user's manager, which is started where it does not run yet} */
    ManagerAccess ofUser(String user, Duration answer) {
        ManagerAccess found = users.get(user);
        return found != null ? found : turn.within(answer, left -> startedUser(user, left));
    }

    private ManagerAccess startedUser(String user, Duration left) {
        ManagerAccess found = users.get(user);
        if (found == null) {
            found = startUser(user, left);
            users.put(user, found);
            if (closed) {
                found.close();
                requireOpen();
            }
        }
        return found;
    }

    private ManagerAccess startUser(String user, Duration answer) {
        String uid = instance.exec(Command.of("id", "-u", "--", user).timeout(answer))
                .requireSuccess()
                .stdout()
                .strip();
        new Systemd(this, answer, false).start("user@" + uid + ".service");
        return new ManagerAccess(instance, new Scope(user, Long.parseLong(uid)));
    }

    @Override
    public void close() {
        closed = true;
        users.values().forEach(ManagerAccess::close);
        if (manager != null) {
            manager.close();
        }
    }
}
