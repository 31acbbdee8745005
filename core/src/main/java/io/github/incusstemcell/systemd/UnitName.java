package io.github.incusstemcell.systemd;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of units, and the D-Bus object paths that stand for them. */
final class UnitName {

    private static final String FOLDER = "/org/freedesktop/systemd1/unit/";
    private static final Set<String> TYPES = Set.of(
            "service", "socket", "target", "device", "mount", "automount", "swap", "timer", "path", "slice", "scope");

    /** systemd.unit(5): a prefix, which is never empty, and behind the first @ the instance. */
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9:_.\\\\-][A-Za-z0-9:_.\\\\@-]*\\.[a-z]+");

    private static final int LONGEST = 255;

    private UnitName() {}

    /** {@return the name as systemctl takes it: without a type it is a service} */
    static String complete(String name) {
        int dot = name.lastIndexOf('.');
        return dot >= 0 && TYPES.contains(name.substring(dot + 1)) ? name : name + ".service";
    }

    /**
     * {@return the name, completed, of something that systemd can load}
     *
     * @throws IllegalArgumentException for what can name no unit, and for a template; systemctl would take patterns and paths for more
     */
    static String ofOne(String name) {
        String complete = complete(name);
        if (!VALID.matcher(complete).matches() || complete.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "Not the name of a unit: '" + name
                            + "'; letters, digits and any of :-_.\\@ are what it may have, and systemd-escape(1) makes one of a path");
        }
        int type = complete.lastIndexOf('.');
        if (complete.charAt(type - 1) == '@') {
            throw new IllegalArgumentException(
                    complete + " is a template, which systemd does not run; name one of its instances, as "
                            + complete.substring(0, type) + "x" + complete.substring(type));
        }
        return complete;
    }

    /** {@return {@code service} for {@code ssh.service}} */
    static String type(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Escapes as {@code sd_bus_path_encode(3)}: all but letters and digits, and a digit at the start. */
    static String path(String name) {
        StringBuilder path = new StringBuilder(FOLDER);
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            boolean letter = octet >= 'a' && octet <= 'z' || octet >= 'A' && octet <= 'Z';
            boolean digit = octet >= '0' && octet <= '9' && path.length() > FOLDER.length();
            if (letter || digit) {
                path.append((char) octet);
            } else {
                path.append('_').append(java.util.HexFormat.of().toHexDigits(octet));
            }
        }
        return path.toString();
    }

    /** {@return the unit whose path this is, or null where it is no unit's} */
    static @Nullable String ofPath(String path) {
        if (!path.startsWith(FOLDER)) {
            return null;
        }
        java.io.ByteArrayOutputStream name = new java.io.ByteArrayOutputStream();
        for (int i = FOLDER.length(); i < path.length(); i++) {
            if (path.charAt(i) == '_') {
                name.write(Integer.parseInt(path, i + 1, i + 3, 16));
                i += 2;
            } else {
                name.write(path.charAt(i));
            }
        }
        return name.toString(StandardCharsets.UTF_8);
    }
}
