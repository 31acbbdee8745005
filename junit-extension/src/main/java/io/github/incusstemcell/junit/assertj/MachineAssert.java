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
     * Verifies what the kernel calls it.
     *
     * @param name the name, with a domain where it has one
     * @return this
     */
    public MachineAssert hasHostname(String name) {
        Arguments.text(name);
        return that("have the hostname " + name, machine -> machine.hostname().equals(name));
    }

    /**
     * Verifies what {@code /etc/hostname} calls it.
     *
     * @param name the name
     * @return this
     */
    public MachineAssert hasStaticHostname(String name) {
        Arguments.text(name);
        return that(
                "have the static hostname " + name,
                machine -> machine.staticHostname().filter(name::equals).isPresent());
    }

    /**
     * Verifies the time zone.
     *
     * @param zone its name below {@code /usr/share/zoneinfo}, as {@code Etc/UTC}
     * @return this
     */
    public MachineAssert hasTimezone(String zone) {
        Arguments.text(zone);
        return that(
                "have the timezone " + zone,
                machine -> machine.timezone().filter(zone::equals).isPresent());
    }

    /**
     * Verifies the language.
     *
     * @param locale what {@code LANG} is set to for the whole system, as {@code C.UTF-8}
     * @return this
     */
    public MachineAssert hasLocale(String locale) {
        Arguments.text(locale);
        return that(
                "have the locale " + locale,
                machine -> machine.locale().filter(locale::equals).isPresent());
    }

    /** {@return this, where the kernel says that something keeps its clock right, be it on the machine on which the container runs} */
    public MachineAssert hasSynchronizedClock() {
        return that("have a synchronized clock", GuestMachine::isClockSynchronized);
    }

    /** {@return this, where the kernel says that nothing keeps its clock right} */
    public MachineAssert hasUnsynchronizedClock() {
        return that("have an unsynchronized clock", machine -> !machine.isClockSynchronized());
    }

    /**
     * Verifies that the kernel has killed none of the guest's processes for want of memory since it booted. Where the guest's control groups have
     * no controller of memory, that fails.
     *
     * @return this
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
