package io.github.incusstemcell.systemd;

/** A guest lacks that by which it is asked, systemd or a shell. To wait for it is of no use. */
public class UnusableGuestException extends SystemdException {

    UnusableGuestException(String message) {
        super(message);
    }
}
