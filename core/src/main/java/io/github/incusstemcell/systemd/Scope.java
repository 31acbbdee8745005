package io.github.incusstemcell.systemd;

import io.github.incusstemcell.incus.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose service manager: the system's, or a user's.
 *
 * @param user the user's name, or null for the system
 * @param uid the user's number, or 0 for the system
 */
record Scope(@Nullable String user, long uid) {

    static final Scope SYSTEM = new Scope(null, 0);

    private boolean isSystem() {
        return user == null;
    }

    /** {@return how messages name the manager of a guest} */
    String on(String guest) {
        return isSystem() ? guest : guest + " (user " + user + ")";
    }

    String managerSocket() {
        return isSystem() ? "/run/systemd/private" : "/run/user/" + uid + "/systemd/private";
    }

    String daemonSocket() {
        return isSystem() ? "/run/dbus/system_bus_socket" : "/run/user/" + uid + "/bus";
    }

    String unitFolder() {
        return isSystem() ? "/etc/systemd/system" : "/etc/systemd/user";
    }

    /** {@return a command that runs a tool of systemd's, as systemctl, for this manager} */
    Command command(String tool, List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of(tool));
        if (!isSystem()) {
            argv.add("--user");
        }
        argv.addAll(arguments);
        // Some times systemctl prints by the clock on the guest's wall, whatever it is told.
        Command command = Command.of(argv).environment("LC_ALL", "C").environment("TZ", "UTC");
        return user == null ? command : command.user(user).environment("XDG_RUNTIME_DIR", "/run/user/" + uid);
    }

    /** {@return what one of this manager's units wrote, and what the manager wrote of it} */
    JournalQuery journalOf(String unit) {
        return isSystem() ? JournalQuery.all().unit(unit) : JournalQuery.all().userUnit(unit, uid);
    }

    /** {@return the run of one of this manager's units to which an entry belongs, where the entry says so} */
    Optional<String> invocationOf(JournalEntry entry) {
        return isSystem() ? entry.invocationId() : entry.field("USER_INVOCATION_ID");
    }
}
