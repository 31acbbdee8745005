package io.github.incusstemcell;

import java.util.Locale;

/**
 * Text that may have come from a guest, as exceptions and logs show it: a guest can write whatever it likes, and much of it.
 *
 * <p>Control characters, such as those that begin an escape sequence of a terminal, and those that turn the direction of writing are shown
 * as {@code \x1b} and {@code \u202e}. Line ends and tabs stay.
 */
public final class GuestText {

    private static final int BEGINNING = 10_000;
    private static final int END = 6_000;

    private GuestText() {}

    /**
     * Shows what is not to be seen.
     *
     * @param text the text
     * @return the text without anything that a terminal would take for a command
     */
    public static String escaped(String text) {
        if (text.codePoints().noneMatch(GuestText::isUnseen)) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (!isUnseen(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append(String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : "\\u%04x", c));
            }
        });
        return shown.toString();
    }

    /**
     * Shows what is not to be seen, of a text of up to 16,000 characters, or else of its beginning and its end.
     *
     * @param text the text
     * @return the text for a message
     */
    public static String message(String text) {
        int missing = text.length() - BEGINNING - END;
        if (missing <= 0) {
            return escaped(text);
        }
        return escaped(text.substring(0, BEGINNING)) + "\n[" + missing + " characters are left out]\n"
                + escaped(text.substring(text.length() - END));
    }

    private static boolean isUnseen(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL && c != '\n' && c != '\t'
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
