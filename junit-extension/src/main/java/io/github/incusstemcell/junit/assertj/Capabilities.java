package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.internal.KernelCapabilities;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The capabilities of a file, as its attribute security.capability has them (struct vfs_cap_data of linux/capability.h).
 *
 * @param permitted a bit for each of those that are permitted
 * @param inheritable a bit for each of those that are inheritable
 * @param effective whether the permitted ones are in effect from the start
 */
record Capabilities(long permitted, long inheritable, boolean effective) {

    static final Capabilities NONE = new Capabilities(0, 0, false);

    private static final int EFFECTIVE = 1;
    private static final int LENGTH_OF_REVISION_1 = 12;

    static Capabilities named(String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("Name a capability, or ask whether there are none by hasNoCapabilities");
        }
        long permitted = 0;
        for (String name : names) {
            int number = KernelCapabilities.NAMES.indexOf(Arguments.text(name).toLowerCase(Locale.ROOT));
            if (number < 0) {
                throw new IllegalArgumentException("Not a capability: '" + name + "'; the closest names: "
                        + NearMisses.text(name, KernelCapabilities.NAMES));
            }
            permitted |= 1L << number;
        }
        return new Capabilities(permitted, 0, true);
    }

    static Capabilities ofHex(String guest, String hex) {
        return GuestLine.read(
                "capabilities of a file on " + guest,
                hex,
                text -> of(HexFormat.of().parseHex(text)));
    }

    /** Fields: revision and flags, then permitted and inheritable for the lower 32, then both for the upper 32. */
    static Capabilities of(byte[] attribute) {
        ByteBuffer fields = ByteBuffer.wrap(attribute).order(ByteOrder.LITTLE_ENDIAN);
        boolean effective = (fields.getInt() & EFFECTIVE) != 0;
        long permitted = Integer.toUnsignedLong(fields.getInt());
        long inheritable = Integer.toUnsignedLong(fields.getInt());
        if (attribute.length > LENGTH_OF_REVISION_1) {
            permitted |= Integer.toUnsignedLong(fields.getInt()) << Integer.SIZE;
            inheritable |= Integer.toUnsignedLong(fields.getInt()) << Integer.SIZE;
        }
        return new Capabilities(permitted, inheritable, effective);
    }

    boolean areNone() {
        return permitted == 0 && inheritable == 0;
    }

    String names() {
        return names(permitted);
    }

    private static String names(long bits) {
        List<String> names = new ArrayList<>();
        for (int number = 0; number < Long.SIZE; number++) {
            if ((bits >>> number & 1) != 0) {
                names.add(
                        number < KernelCapabilities.NAMES.size()
                                ? KernelCapabilities.NAMES.get(number)
                                : String.valueOf(number));
            }
        }
        return String.join(" ", names);
    }

    /** As getcap(8) says it: cap_net_raw=ep. */
    @Override
    public String toString() {
        if (areNone()) {
            return "none";
        }
        List<String> sets = new ArrayList<>();
        if (permitted != 0) {
            sets.add(names(permitted) + (effective ? "=ep" : "=p"));
        }
        if (inheritable != 0) {
            sets.add(names(inheritable) + "=i");
        }
        return String.join(" ", sets);
    }
}
