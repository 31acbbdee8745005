package io.github.incusstemcell.junit.assertj;

import java.util.List;
import java.util.Locale;

/** To whom a mount tells what is mounted below it, and from whom it learns, mount_namespaces(7). */
public enum MountPropagation {
    /** To nobody, and from nobody. */
    PRIVATE,
    /** To its peers, and from them. */
    SHARED,
    /** To nobody, and from its master. */
    SLAVE,
    /** To its peers, and from them and its master. */
    SHARED_SLAVE,
    /** As private, and it cannot be bound elsewhere. */
    UNBINDABLE;

    /** Of the optional fields of proc_pid_mountinfo(5). */
    static MountPropagation of(List<String> fields) {
        boolean isShared = fields.stream().anyMatch(field -> field.startsWith("shared:"));
        if (fields.stream().anyMatch(field -> field.startsWith("master:"))) {
            return isShared ? SHARED_SLAVE : SLAVE;
        }
        return isShared ? SHARED : fields.contains("unbindable") ? UNBINDABLE : PRIVATE;
    }

    /** As messages say it. */
    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
