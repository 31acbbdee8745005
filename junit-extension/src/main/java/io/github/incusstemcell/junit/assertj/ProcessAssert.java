package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on the processes of one name, on all of them. Where there are none all of them fail but {@link #isNotRunning()}. A process
 * that has ended and that its parent has not asked for yet is none. {@link #satisfies} is given all of them, one or more. The process by which
 * assertions look, {@link io.github.incusstemcell.incus.GuestChannel#PROCESS}, is left out with what it starts.
 *
 * <p>The overlay ({@link io.github.incusstemcell.stemcell.OverlayPart}) keeps some from being started that the image would start: the
 * agent without settings, runit's sshd and cron.
 */
public final class ProcessAssert extends GuestAssert<ProcessAssert, List<GuestProcess>> {

    private final Presence<Running, Running> presence;
    private final Presence<Running, Running> detailed;

    ProcessAssert(Subject subject, String name) {
        super(subject);
        Arguments.process(name);
        this.presence = presence(name, Processes::inBrief);
        this.detailed = presence(name, Processes::of);
    }

    private Presence<Running, Running> presence(String name, Function<StemcellContainer, Processes> reading) {
        return new Presence<>(
                subject,
                "process " + name,
                () -> new Running(subject.stemcell(), name, reading.apply(subject.stemcell())),
                Running::ifThere,
                Running::words,
                Running::surroundings);
    }

    /** The processes of one name, and all those that there are, at one moment. */
    private static final class Running {

        private final StemcellContainer stemcell;
        private final String name;
        private final List<GuestProcess> found;
        private final Processes all;
        private @Nullable Accounts accounts;

        Running(StemcellContainer stemcell, String name, Processes all) {
            this.stemcell = stemcell;
            this.name = name;
            this.all = all;
            this.found = found(stemcell, name, all);
        }

        /** Of a path that leads over links, the kernel has the one that they lead to. */
        private static List<GuestProcess> found(StemcellContainer stemcell, String name, Processes all) {
            List<GuestProcess> found = named(name, all);
            return found.isEmpty() && name.startsWith("/") ? named(FileLinks.plainPath(stemcell, name), all) : found;
        }

        private static List<GuestProcess> named(String name, Processes all) {
            return all.alive().stream().filter(process -> process.isNamed(name)).toList();
        }

        List<GuestProcess> found() {
            return found;
        }

        /** Read only where somebody asks whose they are. */
        Accounts accounts() {
            if (accounts == null) {
                accounts = Accounts.of(stemcell);
            }
            return accounts;
        }

        Optional<Running> ifThere() {
            return found.isEmpty() ? Optional.empty() : Optional.of(this);
        }

        boolean allMatch(Predicate<GuestProcess> holds) {
            return found.stream().allMatch(holds);
        }

        String words() {
            return found.stream()
                    .map(process -> process.words() + ", user " + accounts().userName(process.uid()) + ": "
                            + String.join(" ", process.arguments()))
                    .collect(Collectors.joining("; "));
        }

        String surroundings() {
            return "there is no such process; the closest names: "
                    + NearMisses.text(
                            name,
                            all.entries().stream()
                                    .filter(GuestProcess::isAlive)
                                    .map(GuestProcess::fullName)
                                    .toList());
        }
    }

    private ProcessAssert are(String wanted, Predicate<Running> holds) {
        presence.holds(wanted, holds);
        return this;
    }

    @Override
    ProcessAssert that(String wanted, Predicate<List<GuestProcess>> holds) {
        detailed.holds(wanted, running -> holds.test(running.found()));
        return this;
    }

    @Override
    Object comparable(List<GuestProcess> processes) {
        return GuestProcess.comparable(processes);
    }

    /**
     * Verifies that there is such a process.
     *
     * <pre>{@code
     * assertThat(stemcell).process("cron").isRunning(); // passes
     * assertThat(stemcell).process("nginx").isRunning(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public ProcessAssert isRunning() {
        return are("be running", running -> true);
    }

    /**
     * Verifies that there is no such process.
     *
     * <pre>{@code
     * assertThat(stemcell).process("nginx").isNotRunning(); // passes
     * assertThat(stemcell).process("cron").isNotRunning(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public ProcessAssert isNotRunning() {
        presence.isAbsent("not be running");
        return this;
    }

    /**
     * Verifies that there are so many such processes.
     *
     * <pre>{@code
     * assertThat(stemcell).process("systemd-journald").hasCount(1); // passes
     * assertThat(stemcell).process("systemd-journald").hasCount(2); // fails
     * }</pre>
     *
     * @param count how many, one or more
     * @return this assertion object
     */
    public ProcessAssert hasCount(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "Not a count of processes that are there: " + count + "; whether there are none asks isNotRunning");
        }
        return are("be running " + count + " times", running -> running.found().size() == count);
    }

    /**
     * Verifies that the processes have the rights of a user.
     *
     * <pre>{@code
     * assertThat(stemcell).process("cron").runsAs("root"); // passes
     * assertThat(stemcell).process("cron").runsAs("vcap"); // fails
     * }</pre>
     *
     * @param user the name of the user, who has to exist
     * @return this assertion object
     */
    public ProcessAssert runsAs(String user) {
        if (!new UserAssert(subject.now(), user).isThere()) {
            return this;
        }
        return are("run as the user " + user, running -> running.accounts()
                .user(user)
                .filter(account -> running.allMatch(process -> process.uid() == account.uid()))
                .isPresent());
    }

    /**
     * Verifies that the processes were started with an argument.
     *
     * <pre>{@code
     * assertThat(stemcell).process("cron").hasArgument("-f"); // passes
     * assertThat(stemcell).process("cron").hasArgument("--foreground"); // fails
     * }</pre>
     *
     * @param argument one that each of them was started with, whole
     * @return this assertion object
     */
    public ProcessAssert hasArgument(String argument) {
        Arguments.text(argument);
        return are(
                "have the argument " + argument,
                running -> running.allMatch(
                        process -> process.arguments().stream().skip(1).anyMatch(argument::equals)));
    }

    /**
     * Verifies that the processes are part of a unit.
     *
     * <pre>{@code
     * assertThat(stemcell).process("cron").isPartOfUnit("cron.service"); // passes
     * assertThat(stemcell).process("cron").isPartOfUnit("ssh.service"); // fails
     * }</pre>
     *
     * @param unit the innermost service or scope that they are part of; without a type it is a service
     * @return this assertion object
     */
    public ProcessAssert isPartOfUnit(String unit) {
        Arguments.unitOfProcesses(unit);
        return are("be part of the unit " + Processes.unitName(unit), running -> {
            List<String> names = Processes.unitNames(subject, unit);
            return running.allMatch(process -> process.isPartOf(names));
        });
    }
}
