package io.github.incusstemcell.systemd;

import java.util.Locale;

/** systemd's words as constants of our enums, and back. */
final class EnumNames {

    private EnumNames() {}

    /** {@return the constant that is written like the word, or the given one where a newer systemd says a new word} */
    static <E extends Enum<E>> E constant(Class<E> type, String word, E otherwise) {
        for (E constant : type.getEnumConstants()) {
            if (of(constant).equals(word)) {
                return constant;
            }
        }
        return otherwise;
    }

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
