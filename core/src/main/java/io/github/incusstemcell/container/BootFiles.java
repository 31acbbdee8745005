package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.GuestFiles;
import java.nio.file.Files;
import java.util.List;

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
