package io.github.incusstemcell.junit.assertj;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A mount that PID 1 of a guest sees, as proc_pid_mountinfo(5) has it.
 *
 * @param path where it is mounted
 * @param type the kernel's name of the file system, as {@code tmpfs}
 * @param source the device or another name
 * @param device the numbers of its file system, as {@code 0:25}
 * @param root what of its file system is mounted, {@code /} for all of it
 * @param options those of the mount, and those of the file system
 * @param propagation to whom it tells what is mounted below it
 * @param readOnly whether nothing can be written, because of the mount or of its file system
 */
public record GuestMount(
        String path,
        String type,
        String source,
        String device,
        String root,
        Set<String> options,
        MountPropagation propagation,
        boolean readOnly) {

    /** Keeps the options as they are, in their order. */
    public GuestMount {
        options = Collections.unmodifiableSet(new LinkedHashSet<>(options));
    }

    String words() {
        return type + " of " + source + (root.equals("/") ? "" : "[" + root + "]") + " with "
                + String.join(",", options) + ", " + propagation.words();
    }
}
