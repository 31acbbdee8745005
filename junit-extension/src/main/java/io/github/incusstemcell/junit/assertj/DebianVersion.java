package io.github.incusstemcell.junit.assertj;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a Debian package, in the order of deb-version(7).
 *
 * @param epoch what counts first
 * @param upstream what counts next
 * @param revision what counts last; empty where there is none
 */
record DebianVersion(int epoch, String upstream, String revision) implements Comparable<DebianVersion> {

    /** By digits, as a guest may have numbers of millions of them. */
    private static final Comparator<String> NUMBERS =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    private static final Pattern FORM =
            Pattern.compile("(?:([0-9]{1,9}):)?([0-9][A-Za-z0-9.+~-]*?)(?:-([A-Za-z0-9.+~]+)|(?<!-))");

    /** {@return the version; empty where it is not of the usual form, so that only dpkg can tell what it makes of it} */
    static Optional<DebianVersion> of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        return Optional.of(new DebianVersion(
                form.group(1) == null ? 0 : Integer.parseInt(form.group(1)),
                form.group(2),
                form.group(3) == null ? "" : form.group(3)));
    }

    @Override
    public int compareTo(DebianVersion other) {
        if (epoch != other.epoch) {
            return Integer.compare(epoch, other.epoch);
        }
        int order = compare(upstream, other.upstream);
        return order != 0 ? order : compare(revision, other.revision);
    }

    /** By what is no digits, letter by letter, and by numbers, in turn. */
    private static int compare(String one, String other) {
        int i = 0;
        int j = 0;
        while (i < one.length() || j < other.length()) {
            while (order(one, i) != 0 || order(other, j) != 0) {
                if (order(one, i) != order(other, j)) {
                    return Integer.compare(order(one, i), order(other, j));
                }
                i++;
                j++;
            }
            int end = endOfNumber(one, i);
            int otherEnd = endOfNumber(other, j);
            int numbers = NUMBERS.compare(number(one, i, end), number(other, j, otherEnd));
            if (numbers != 0) {
                return numbers;
            }
            i = end;
            j = otherEnd;
        }
        return 0;
    }

    /** A tilde comes before the end, which is where a number begins as well, then come letters, then all else. */
    private static int order(String text, int at) {
        char c = at < text.length() ? text.charAt(at) : '0';
        if (c >= '0' && c <= '9') {
            return 0;
        }
        return c == '~' ? -1 : Character.isLetter(c) ? c : c + Character.MAX_VALUE;
    }

    private static int endOfNumber(String text, int begin) {
        int end = begin;
        while (end < text.length() && order(text, end) == 0) {
            end++;
        }
        return end;
    }

    /** {@return its digits from the first that counts, which are none of nought} */
    private static String number(String text, int begin, int end) {
        int first = begin;
        while (first < end && text.charAt(first) == '0') {
            first++;
        }
        return text.substring(first, end);
    }
}
