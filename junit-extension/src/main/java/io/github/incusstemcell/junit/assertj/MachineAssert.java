package io.github.incusstemcell.junit.assertj;

import java.util.Optional;

/**
 * Assertions on what a guest says of itself as a machine: its name, time and language. {@link #satisfies} is given the {@link GuestMachine}.
 *
 * <p>{@code /etc/hostname} is by the overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}{@code .HOSTNAME}): what the image has there is
 * seen where it is not booted.
 */
public final class MachineAssert extends GuestObjectAssert<MachineAssert, GuestMachine> {

    MachineAssert(Subject subject) {
        super(new Presence<>(
                subject,
                "the machine",
                () -> GuestMachine.of(subject.stemcell()),
                Optional::of,
                GuestMachine::words,
                GuestMachine::words));
    }

    /**
     * Verifies that the kernel calls it by this name.
     *
     * <pre>{@code
     * assertThat(stemcell).machine().hasHostname(stemcell.name()); // passes
     * assertThat(stemcell).machine().hasHostname("localhost"); // fails
     * }</pre>
     *
     * @param name the name, with a domain where it has one
     * @return this assertion object
     */
    public MachineAssert hasHostname(String name) {
        Arguments.text(name);
        return that("have the hostname " + name, machine -> machine.hostname().equals(name));
    }

    /**
     * Verifies that {@code /etc/hostname} calls it by this name.
     *
     * <pre>{@code
     * assertThat(stemcell).machine().hasStaticHostname(stemcell.name()); // passes
     * assertThat(stemcell).machine().hasStaticHostname("localhost"); // fails
     * }</pre>
     *
     * @param name the name
     * @return this assertion object
     */
    public MachineAssert hasStaticHostname(String name) {
        Arguments.text(name);
        return that(
                "have the static hostname " + name,
                machine -> machine.staticHostname().filter(name::equals).isPresent());
    }

    /**
     * Verifies that it has this time zone.
     *
     * <pre>{@code
     * assertThat(stemcell).machine().hasTimezone("Etc/UTC"); // passes
     * assertThat(stemcell).machine().hasTimezone("Europe/Berlin"); // fails
     * }</pre>
     *
     * @param zone its name below {@code /usr/share/zoneinfo}, as {@code Etc/UTC}
     * @return this assertion object
     */
    public MachineAssert hasTimezone(String zone) {
        Arguments.text(zone);
        return that(
                "have the timezone " + zone,
                machine -> machine.timezone().filter(zone::equals).isPresent());
    }

    /**
     * Verifies that it has this language.
     *
     * <pre>{@code
     * stemcell.files().writeString("/etc/locale.conf", "LANG=C.UTF-8\n");
     * assertThat(stemcell).machine().hasLocale("C.UTF-8"); // passes
     * assertThat(stemcell).machine().hasLocale("de_DE.UTF-8"); // fails
     * }</pre>
     *
     * @param locale what {@code LANG} is set to for the whole system, as {@code C.UTF-8}
     * @return this assertion object
     */
    public MachineAssert hasLocale(String locale) {
        Arguments.text(locale);
        return that(
                "have the locale " + locale,
                machine -> machine.locale().filter(locale::equals).isPresent());
    }

    /**
     * Verifies that the kernel says that something keeps its clock right, be it on the machine on which the container runs.
     *
     * <pre>{@code
     * assertThat(stemcell).machine().hasSynchronizedClock(); // passes with NTP on the machine on which the container runs
     * assertThat(stemcell).machine().hasSynchronizedClock(); // fails with none
     * }</pre>
     *
     * @return this assertion object
     */
    public MachineAssert hasSynchronizedClock() {
        return that("have a synchronized clock", GuestMachine::isClockSynchronized);
    }

    /**
     * Verifies that the kernel says that nothing keeps its clock right.
     *
     * <pre>{@code
     * assertThat(stemcell).machine().hasUnsynchronizedClock(); // passes with no NTP on the machine on which the container runs
     * assertThat(stemcell).machine().hasUnsynchronizedClock(); // fails with one
     * }</pre>
     *
     * @return this assertion object
     */
    public MachineAssert hasUnsynchronizedClock() {
        return that("have an unsynchronized clock", machine -> !machine.isClockSynchronized());
    }

    /**
     * Verifies that the kernel has killed none of the guest's processes for want of memory since it booted. Where the guest's control groups
     * have no controller of memory, that fails.
     *
     * <pre>{@code
     * assertThat(stemcell).machine().hasNoOomKills(); // passes with a controller of memory
     * assertThat(stemcell).machine().hasNoOomKills(); // fails with a process killed, and without such a controller
     * }</pre>
     *
     * @return this assertion object
     */
    public MachineAssert hasNoOomKills() {
        Presence<Long, Long> kills = new Presence<>(
                subject,
                "the machine",
                () -> OomKills.of(subject.stemcell()),
                Optional::of,
                count -> count + " OOM kills",
                count -> "");
        kills.holds("have no OOM kills", count -> count == 0);
        return this;
    }
}
