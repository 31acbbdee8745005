package io.github.incusstemcell.oci;

import java.util.List;
import java.util.Optional;

/** The names by which a layer says what of the layers below it is gone (OCI image spec, "Whiteouts"), and those of AUFS's own notes. */
final class Whiteouts {

    static final String PREFIX = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    /** AUFS keeps its own notes under such names, the targets of hard links among them, which are no files of the image. */
    private static final String AUFS = ".wh..wh.";

    private Whiteouts() {}

    /** A layer has such names, and was to be a root file system as it is. */
    static final class FoundException extends RuntimeException {
        FoundException(Digest layer) {
            super("The layer " + layer + " has whiteouts", null, false, false);
        }
    }

    /** {@return whether the last of these names is one of them; a note of AUFS's is} */
    static boolean isWhiteout(List<String> path) {
        return !path.isEmpty() && path.get(path.size() - 1).startsWith(PREFIX);
    }

    /** {@return whether nothing of the layers below is in the folder of this path} */
    static boolean isOpaque(List<String> path) {
        return !path.isEmpty() && path.get(path.size() - 1).equals(OPAQUE);
    }

    /** {@return the path down to the name that is a note of AUFS's own} */
    static Optional<List<String>> note(List<String> path) {
        for (int i = 0; i < path.size(); i++) {
            if (path.get(i).startsWith(AUFS) && !path.get(i).equals(OPAQUE)) {
                return Optional.of(path.subList(0, i + 1));
            }
        }
        return Optional.empty();
    }
}
