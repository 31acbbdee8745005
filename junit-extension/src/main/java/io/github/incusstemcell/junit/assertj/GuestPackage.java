package io.github.incusstemcell.junit.assertj;

/**
 * A Debian package that dpkg knows of in a guest.
 *
 * @param name its name without its architecture, as {@code libc6}
 * @param version epoch and revision included; empty where nothing of it is there
 * @param architecture as {@code amd64} or {@code all}
 * @param status two letters of dpkg-query(1): what is wanted of it, and what state it is in, as {@code ii}
 */
public record GuestPackage(String name, String version, String architecture, String status) {

    /**
     * {@return whether it is installed and configured} Of one that has been triggered, {@code it}, that holds as well. One that awaits what others
     * do about its triggers, {@code iW}, is not configured yet to dpkg, for which it satisfies no dependency.
     */
    public boolean isInstalled() {
        return status.length() > 1 && "it".indexOf(status.charAt(1)) >= 0;
    }

    /** Whether no more than its configuration is there. */
    boolean isGone() {
        return status.length() < 2 || status.charAt(1) == 'n' || status.charAt(1) == 'c';
    }

    /** Whether this is what dpkg means by a name, with or without the architecture: {@code libc6} or {@code libc6:amd64}. */
    boolean isNamed(String wanted) {
        return wanted.equals(name) || wanted.equals(fullName());
    }

    /** {@return its name with its architecture behind a colon, as {@code libc6:amd64}} */
    public String fullName() {
        return name + ":" + architecture;
    }

    /** {@return whether apt is told to neither upgrade nor remove it} */
    public boolean isHeld() {
        return status.startsWith("h");
    }

    String words() {
        return "version " + version + ", architecture " + architecture + ", status " + status;
    }
}
