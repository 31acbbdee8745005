package io.github.incusstemcell.junit.assertj;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How long a password lasts, as shadow(5) has it; all of it is empty where nothing is said of it.
 *
 * @param changed the day of the last change; the first of 1970 where it has to be changed at the next login
 * @param minDays how many days it may not be changed again
 * @param maxDays after how many days it has to be changed
 * @param warnDays how many days before that its user is warned
 * @param inactiveDays how many days after that it is still taken
 * @param expires the day since which nobody gets in as this user
 */
public record PasswordAging(
        Optional<LocalDate> changed,
        OptionalLong minDays,
        OptionalLong maxDays,
        OptionalLong warnDays,
        OptionalLong inactiveDays,
        Optional<LocalDate> expires) {

    /** What useradd(8) and chage(1) write for a password that lasts for ever. */
    private static final long FOR_EVER = 99_999;

    static final PasswordAging NONE = of("", "", "", "", "", "");

    /** The third field of shadow(5) to the eighth. */
    static PasswordAging of(String changed, String min, String max, String warn, String inactive, String expires) {
        return new PasswordAging(day(changed), days(min), days(max), days(warn), days(inactive), day(expires));
    }

    /** Whether a field can be one of these. */
    static boolean isField(String text) {
        return text.matches("\\d{0,9}|-1");
    }

    /** The library takes -1 for nothing. */
    private static OptionalLong days(String field) {
        return field.isEmpty() || field.equals("-1") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(field));
    }

    private static Optional<LocalDate> day(String field) {
        OptionalLong days = days(field);
        return days.isPresent() ? Optional.of(LocalDate.ofEpochDay(days.getAsLong())) : Optional.empty();
    }

    /** {@return whether it need never be changed} */
    public boolean isForEver() {
        return maxDays.isEmpty() || maxDays.getAsLong() >= FOR_EVER;
    }

    boolean isExpiredOn(LocalDate today) {
        return Stream.concat(expires.stream(), inactive().stream()).anyMatch(day -> !day.isAfter(today));
    }

    /**
     * The day since which the password is not taken any more, which for pam_unix(8) is the one behind that of chage(1); one that has to be
     * changed at the next login has none.
     */
    private Optional<LocalDate> inactive() {
        return maxDays.isEmpty() || inactiveDays.isEmpty()
                ? Optional.empty()
                : changed.filter(day -> day.toEpochDay() > 0)
                        .map(day -> day.plusDays(maxDays.getAsLong() + inactiveDays.getAsLong() + 1));
    }

    String words() {
        List<String> words = new ArrayList<>();
        changed.ifPresent(day -> words.add("changed " + day));
        minDays.ifPresent(days -> words.add("min days " + days));
        maxDays.ifPresent(days -> words.add("max days " + days));
        warnDays.ifPresent(days -> words.add("warn days " + days));
        inactiveDays.ifPresent(days -> words.add("inactive days " + days));
        expires.ifPresent(day -> words.add("expires " + day));
        return words.isEmpty() ? "no ages" : String.join(", ", words);
    }
}
