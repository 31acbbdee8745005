package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.agent.AgentSettings;
import io.github.incusstemcell.incus.GuestFiles;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Puts files into a container that has not been started yet. */
record BootFiles(List<BootFile> files) {

    /** Looks whether all is there that is to be copied. */
    void check() {
        for (BootFile file : files) {
            if (file instanceof BootFile.Copy copy && !Files.isReadable(copy.source())) {
                throw new IncusStemcellException("'" + copy.source() + "', which is to be copied to '" + copy.path()
                        + "' in the guest, " + (Files.exists(copy.source()) ? "cannot be read" : "does not exist")
                        + " on this machine"
                        + (copy.source().isAbsolute()
                                ? ""
                                : ", as " + copy.source().toAbsolutePath()));
            }
        }
    }

    /** The settings of the BOSH agent among the files, if the test has any. */
    static Optional<String> agentSettings(List<BootFile> files) {
        return files.stream()
                .filter(file -> file.path().equals(BootFile.AGENT_SETTINGS))
                .filter(BootFile.Text.class::isInstance)
                .map(file -> ((BootFile.Text) file).content())
                .findFirst();
    }

    /** The same with the settings that are to be made for the agent, if they are. */
    BootFiles withAgent(Optional<AgentSettings> made) {
        return new BootFiles(files.stream()
                .map(file -> file instanceof BootFile.Agent
                        ? BootFile.agentSettings(made.orElseThrow().json())
                        : file)
                .toList());
    }

    void writeTo(GuestFiles guest) {
        for (BootFile file : files) {
            if (file instanceof BootFile.Folder folder) {
                guest.createDirectories(folder.path());
            } else if (file instanceof BootFile.Copy copy) {
                guest.createDirectories(parent(copy.path()));
                guest.copyTo(copy.source(), copy.path());
            } else if (file instanceof BootFile.Text text) {
                guest.createDirectories(parent(text.path()));
                guest.writeString(text.path(), text.content());
                guest.setPermissions(text.path(), text.mode());
            }
        }
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/', path.length() - (path.endsWith("/") ? 2 : 1));
        return slash <= 0 ? "/" : path.substring(0, slash);
    }
}
