package io.github.incusstemcell.oci;

import java.nio.file.Files;
import java.nio.file.Path;

/** Insists that there is what a reference names on this machine, and says what was probably meant where there is not. */
final class LocalPath {

    private LocalPath() {}

    static void requireFile(Path file, ImageReference reference) {
        if (Files.isDirectory(file)) {
            throw missing(reference, "it is a folder, and no file");
        }
        if (!Files.isRegularFile(file)) {
            throw missing(reference, "no such file: " + file.toAbsolutePath().normalize() + inRegistry(file));
        }
    }

    static void requireFolder(Path folder, ImageReference.OciLayout reference) {
        if (Files.isRegularFile(folder)) {
            throw missing(
                    reference,
                    "it is a file, and no folder. For an OCI layout in a tar file write oci-archive:"
                            + reference.toString().substring("oci:".length()));
        }
        if (!Files.isDirectory(folder)) {
            throw missing(
                    reference, "no such folder: " + folder.toAbsolutePath().normalize());
        }
    }

    private static ImageNotFoundException missing(ImageReference reference, String problem) {
        return new ImageNotFoundException("Cannot use " + reference + ": " + problem + ".");
    }

    /** What begins with a host and can be read as an image there is hardly the path of a file. */
    private static String inRegistry(Path file) {
        String text = file.toString();
        try {
            boolean meant = ImageReference.parse(text) instanceof ImageReference.Registry registry
                    && text.startsWith(registry.host() + "/");
            return meant ? ". For an image in a registry write " + text : "";
        } catch (InvalidImageReferenceException e) {
            return "";
        }
    }
}
