package io.github.incusstemcell.incus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.incusstemcell.IncusStemcellException;
import java.util.Map;
import java.util.Optional;

/**
 * The user and the directory of a command. The daemon knows numbers only, leaves the group and the home directory of
 * root to whoever the user is, and takes / silently for a directory that is not there.
 */
final class CommandUser {

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final String instance;
    private final Command command;
    private final GuestFiles files;

    CommandUser(Api api, String instance, Command command) {
        this.instance = instance;
        this.command = command;
        this.files = new GuestFiles(api, instance);
    }

    void describe(ObjectNode body, Map<String, String> environment) {
        Optional<GuestUser> user = command.user().map(this::find);
        user.ifPresent(found -> {
            body.put("user", found.uid()).put("group", found.gid());
            environment.put("HOME", found.home());
            environment.put("USER", found.name());
            environment.put("LOGNAME", found.name());
            environment.put("SHELL", found.shell());
            environment.put("PATH", PATH);
        });
        command.workingDirectory()
                .map(this::requireDirectory)
                .or(() -> user.map(GuestUser::home))
                .ifPresent(directory -> body.put("cwd", directory));
    }

    private GuestUser find(String name) {
        return GuestUser.find(files.readString("/etc/passwd"), name)
                .orElseThrow(() -> new IncusStemcellException("Cannot run '" + command + "' as '" + name
                        + "': instance '" + instance + "' has no such user in its /etc/passwd"));
    }

    private String requireDirectory(String path) {
        if (!files.isDirectory(path)) {
            throw new IncusStemcellException("Cannot run '" + command + "' in '" + path + "': instance '" + instance
                    + "' has no such directory");
        }
        return path;
    }
}
