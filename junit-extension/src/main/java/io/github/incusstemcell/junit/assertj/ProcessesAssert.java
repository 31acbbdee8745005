package io.github.incusstemcell.junit.assertj;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.ObjectAssert;

/**
 * Assertions on all processes of a guest, by number, or on some of them. A process that has ended and that its parent has not asked for
 * yet is none. {@link #satisfies} is given a {@link GuestProcess} for each.
 */
public final class ProcessesAssert extends GuestListAssert<ProcessesAssert, GuestProcess> {

    ProcessesAssert(Subject subject) {
        this(
                subject,
                new Many<>(
                        "the processes", () -> Processes.of(subject.stemcell()).alive(), GuestProcess::words));
    }

    private ProcessesAssert(Subject subject, Many<GuestProcess> many) {
        super(subject, many, ProcessesAssert::new);
    }

    @Override
    Object comparable(List<GuestProcess> processes) {
        return GuestProcess.comparable(processes);
    }

    /**
     * Goes on with those of a name.
     *
     * @param name as for {@link StemcellAssert#process}
     * @return assertions on those
     */
    public ProcessesAssert named(String name) {
        Arguments.process(name);
        return name.startsWith("/")
                ? running("named " + name, name)
                : filtered("named " + name, process -> process.isNamed(name));
    }

    /**
     * Goes on with those that run a program.
     *
     * @param path its path, without links in it, as the kernel has it
     * @return assertions on those
     */
    public ProcessesAssert ofExecutable(String path) {
        Arguments.plainPath(path);
        return running("of " + path, path);
    }

    /**
     * Goes on with those that were started in some way.
     *
     * @param regex a pattern that is found in program and arguments, with blanks between them
     * @return assertions on those
     */
    public ProcessesAssert withCommandLine(String regex) {
        Pattern pattern = Arguments.regex(regex, 0);
        return filtered("with the command line " + regex, process -> pattern.matcher(process.commandLine())
                .find());
    }

    /**
     * Goes on with those that have the rights of a user.
     *
     * @param user the name of the user, who has to exist
     * @return assertions on those
     */
    public ProcessesAssert ofUser(String user) {
        Arguments.user(user);
        return narrowed("of the user " + user, () -> {
            long uid = Accounts.of(subject.stemcell()).requireUser(subject.name(), user);
            return process -> process.uid() == uid;
        });
    }

    private ProcessesAssert running(String which, String path) {
        return narrowed(which, () -> {
            List<String> paths = List.of(path, FileLinks.plainPath(subject.stemcell(), path));
            return process -> paths.contains(process.executable());
        });
    }

    /** By what the guest is asked for each time. */
    private ProcessesAssert narrowed(String which, Supplier<Predicate<GuestProcess>> filter) {
        Many<GuestProcess> all = many;
        return new ProcessesAssert(
                subject,
                new Many<>(
                        all.name() + " " + which,
                        () -> {
                            Predicate<GuestProcess> wanted = filter.get();
                            return all.reading().get().stream().filter(wanted).toList();
                        },
                        all.words()));
    }

    /**
     * Goes on with those of a unit. Where there are none, the unit has to exist.
     *
     * @param unit the innermost service or scope that they are part of, one of a user included; without a type it is a service
     * @return assertions on those
     */
    public ProcessesAssert ofUnit(String unit) {
        Arguments.unitOfProcesses(unit);
        Many<GuestProcess> all = many;
        return new ProcessesAssert(
                subject,
                new Many<>(
                        all.name() + " of the unit " + Processes.unitName(unit),
                        () -> ofUnit(all.reading().get(), unit),
                        all.words()));
    }

    private List<GuestProcess> ofUnit(List<GuestProcess> all, String unit) {
        List<String> names = Processes.unitNames(subject, unit);
        List<GuestProcess> found =
                all.stream().filter(process -> process.isPartOf(names)).toList();
        if (found.isEmpty()) {
            UnitCheck.ofSystem(subject.now(), Processes.unitName(unit)).holds("exist", now -> true);
        }
        return found;
    }

    /**
     * Goes on with those that a process of a name has started, and not those that these have started.
     *
     * @param parent what the kernel calls that process, or all of the name where it keeps less and that shows in its program
     * @return assertions on those
     */
    public ProcessesAssert ofParent(String parent) {
        Arguments.process(parent);
        return filtered("of the parent " + parent, process -> process.isOfParent(parent));
    }

    /**
     * Verifies that the processes have these names, and that there are no others.
     *
     * <pre>{@code
     * assertThat(stemcell).processes().ofUnit("systemd-journald").hasOnlyNames("systemd-journald"); // passes
     * assertThat(stemcell).processes().ofUnit("systemd-journald").hasOnlyNames("cron"); // fails
     * }</pre>
     *
     * @param processNames the names of all of them, each as often as there are processes of it, in any order; none: there are none
     * @return this assertion object
     */
    public ProcessesAssert hasOnlyNames(String... processNames) {
        return hasOnly(Arguments.sorted(Arguments.anyTexts(processNames, Arguments::process)), GuestProcess::fullName);
    }

    /**
     * Verifies that each process has a nice value.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=polite", "--service-type=exec", "--nice=19", "sleep", "infinity");
     * assertThat(stemcell).processes().ofUnit("polite").haveNice(19); // passes
     * assertThat(stemcell).processes().ofUnit("polite").haveNice(0); // fails
     * }</pre>
     *
     * @param nice the value, -20 to 19
     * @return this assertion object
     */
    public ProcessesAssert haveNice(int nice) {
        Arguments.number("a nice value", nice, -20, 19);
        return each(
                "have the nice value " + nice,
                process -> process.details().nice() == nice,
                process -> process.words() + " nice " + process.details().nice());
    }

    /**
     * Verifies that each process was started with a variable of a value in its environment.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=cheerful", "--service-type=exec", "--setenv=MOOD=sunny", "sleep", "infinity");
     * assertThat(stemcell).processes().ofUnit("cheerful").haveEnvironment("MOOD", "sunny"); // passes
     * assertThat(stemcell).processes().ofUnit("cheerful").haveEnvironment("MOOD", "gloomy"); // fails
     * }</pre>
     *
     * @param name the variable
     * @param value its value
     * @return this assertion object
     */
    public ProcessesAssert haveEnvironment(String name, String value) {
        Arguments.variable(name);
        Objects.requireNonNull(value, "value");
        return each(
                "have " + name + "=" + value + " in the environment",
                process -> value.equals(process.details().environment().get(name)),
                process -> {
                    String found = process.details().environment().get(name);
                    return process.words()
                            + (found == null
                                    ? " without it; the closest: "
                                            + NearMisses.text(
                                                    name,
                                                    process.details()
                                                            .environment()
                                                            .keySet())
                                    : " " + name + "=" + found);
                });
    }

    /**
     * Verifies that none of the processes, of which there has to be one, was started with a variable in its environment.
     *
     * <pre>{@code
     * assertThat(stemcell).processes().named("cron").doNotHaveEnvironment("SECRET"); // passes
     * assertThat(stemcell).processes().named("cron").doNotHaveEnvironment("PATH"); // fails
     * }</pre>
     *
     * @param name the variable
     * @return this assertion object
     */
    public ProcessesAssert doNotHaveEnvironment(String name) {
        Arguments.variable(name);
        return each(
                "not have " + name + " in the environment",
                process -> !process.details().environment().containsKey(name));
    }

    /**
     * Verifies that each process has a limit.
     *
     * <pre>{@code
     * stemcell.exec("systemd-run", "--unit=limited", "--service-type=exec", "--property=LimitNOFILE=512:1024", "sleep", "infinity");
     * assertThat(stemcell).processes().ofUnit("limited").haveLimit(NOFILE, 512, 1024); // passes
     * assertThat(stemcell).processes().ofUnit("limited").haveLimit(NOFILE, 512, 2048); // fails
     * }</pre>
     *
     * @param limit what is limited
     * @param soft what is in force
     * @param hard how far the process may raise it
     * @return this assertion object
     */
    public ProcessesAssert haveLimit(ProcessLimit limit, long soft, long hard) {
        Objects.requireNonNull(limit, "limit");
        Arguments.number("a limit", soft, 0, Long.MAX_VALUE);
        Arguments.number("a limit that is not below the soft one", hard, soft, Long.MAX_VALUE);
        return limit(
                "have the limit " + limit + " " + soft + ":" + hard,
                limit,
                found -> found.soft().equals(OptionalLong.of(soft))
                        && found.hard().equals(OptionalLong.of(hard)));
    }

    /**
     * Verifies that something is not limited for any of the processes, of which there has to be one.
     *
     * <pre>{@code
     * assertThat(stemcell).processes().named("cron").haveNoLimit(FSIZE); // passes
     * assertThat(stemcell).processes().named("cron").haveNoLimit(NOFILE); // fails
     * }</pre>
     *
     * @param limit what is not limited
     * @return this assertion object
     */
    public ProcessesAssert haveNoLimit(ProcessLimit limit) {
        Objects.requireNonNull(limit, "limit");
        return limit("have no limit " + limit, limit, found -> found.soft().isEmpty());
    }

    private ProcessesAssert limit(String wanted, ProcessLimit limit, Predicate<ProcessDetails.Limit> holds) {
        return each(
                wanted,
                process -> process.details().limits().containsKey(limit)
                        && holds.test(process.details().limits().get(limit)),
                process -> process.words() + " " + limit + " "
                        + process.details().limits().get(limit));
    }

    /**
     * Verifies that each process has a file open.
     *
     * <pre>{@code
     * assertThat(stemcell).processes().named("rsyslogd").haveOpen("/var/log/syslog"); // passes
     * assertThat(stemcell).processes().named("rsyslogd").haveOpen("/etc/shadow"); // fails
     * }</pre>
     *
     * @param path its path, without links in it
     * @return this assertion object
     */
    public ProcessesAssert haveOpen(String path) {
        Arguments.plainPath(path);
        return open("have " + path + " open", path, true);
    }

    /**
     * Verifies that none of the processes, of which there has to be one, has a file open.
     *
     * <pre>{@code
     * assertThat(stemcell).processes().named("rsyslogd").doNotHaveOpen("/etc/shadow"); // passes
     * assertThat(stemcell).processes().named("rsyslogd").doNotHaveOpen("/var/log/syslog"); // fails
     * }</pre>
     *
     * @param path its path, without links in it
     * @return this assertion object
     */
    public ProcessesAssert doNotHaveOpen(String path) {
        Arguments.plainPath(path);
        return open("not have " + path + " open", path, false);
    }

    private ProcessesAssert open(String wanted, String path, boolean isWanted) {
        return that(
                wanted,
                all -> !all.isEmpty() && otherThan(all, path, isWanted).isEmpty(),
                all -> all.isEmpty()
                        ? none()
                        : "these do not: "
                                + Many.list(otherThan(all, path, isWanted), process -> wordsOfOpen(process, path)));
    }

    private List<GuestProcess> otherThan(List<GuestProcess> all, String path, boolean isOpen) {
        List<String> paths = List.of(path, FileLinks.plainPath(subject.stemcell(), path));
        return all.stream()
                .filter(process ->
                        isOpen == Collections.disjoint(process.details().openFiles(), paths))
                .toList();
    }

    /** Behind the path of a file that was removed the kernel says so. */
    private static String wordsOfOpen(GuestProcess process, String path) {
        boolean isRemoved = process.details().openFiles().contains(path + Processes.REMOVED);
        return process.words() + (isRemoved ? " has one that was deleted" : "");
    }

    /**
     * Verifies that each process has no more than so much open, sockets and pipes included.
     *
     * <pre>{@code
     * assertThat(stemcell).processes().named("cron").haveOpenFilesAtMost(100); // passes
     * assertThat(stemcell).processes().named("cron").haveOpenFilesAtMost(1); // fails
     * }</pre>
     *
     * @param count how many at most
     * @return this assertion object
     */
    public ProcessesAssert haveOpenFilesAtMost(int count) {
        Arguments.count(count);
        return each(
                "have at most " + count + " open files",
                process -> process.details().openFiles().size() <= count,
                process -> process.words() + " has "
                        + process.details().openFiles().size());
    }

    /**
     * Verifies that each process has no more than so much in memory, shared pages included.
     *
     * <pre>{@code
     * assertThat(stemcell).processes().named("cron").haveMemoryAtMost(100_000_000); // passes
     * assertThat(stemcell).processes().named("cron").haveMemoryAtMost(1_000); // fails
     * }</pre>
     *
     * @param bytes the most that will do
     * @return this assertion object
     */
    public ProcessesAssert haveMemoryAtMost(long bytes) {
        Arguments.number("a number of bytes", bytes, 1, Long.MAX_VALUE);
        return each(
                "have at most " + bytes + " bytes in memory",
                process -> process.details().memoryBytes() <= bytes,
                process -> process.words() + " has " + process.details().memoryBytes());
    }

    /**
     * Goes on with their names in plain AssertJ.
     *
     * @return assertions on the list, by number of the processes
     */
    public AbstractListAssert<?, List<? extends String>, String, ObjectAssert<String>> names() {
        return plain(GuestProcess::fullName);
    }

    @Override
    String none() {
        return "there were none; there are: "
                + String.join(
                        " ",
                        new TreeSet<>(Processes.of(subject.stemcell()).alive().stream()
                                .map(GuestProcess::fullName)
                                .toList()));
    }
}
