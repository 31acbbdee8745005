package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.assertj.core.api.AbstractByteArrayAssert;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ByteArrayAssert;

/** Assertions on what is in a file: those of {@link FileAssert}. What is no file has no content, and fails all of them. */
public abstract sealed class FileContentAssert extends GuestAssert<FileAssert, FileStat> permits FileAssert {

    final String path;
    private final boolean follows;
    private final GuestFiles files;

    /**
     * Assertions on what is there.
     *
     * @param follows whether what is at the end of links is meant, and not the link
     */
    FileContentAssert(Subject subject, String path, boolean follows) {
        super(subject);
        this.path = Arguments.path(path);
        this.follows = follows;
        this.files = subject.stemcell().files();
    }

    <T> Presence<Optional<FileLook<T>>, FileLook<T>> look(Function<FileStat, T> reading, Function<T, String> words) {
        return look(false, (seen, stat) -> reading.apply(stat), words);
    }

    private <T> Presence<Optional<FileLook<T>>, FileLook<T>> look(
            boolean withContent, BiFunction<GuestFiles, FileStat, T> reading, Function<T, String> words) {
        return new Presence<>(
                subject,
                path,
                () -> find(withContent, (seen, stat) -> new FileLook<>(stat, reading.apply(seen, stat))),
                Function.identity(),
                look -> look.words() + words.apply(look.more()),
                nothing -> FileLook.surroundings(files, path));
    }

    <T> Optional<T> that(String wanted, Function<FileStat, T> reading, Predicate<T> holds, Function<T, String> words) {
        return look(reading, words)
                .holds(wanted, look -> holds.test(look.more()))
                .map(FileLook::more);
    }

    @Override
    FileAssert that(String wanted, Predicate<FileStat> holds) {
        that(wanted, Function.identity(), holds, stat -> "");
        return (FileAssert) this;
    }

    private Optional<FileStat> find() {
        return find(false, (seen, stat) -> stat);
    }

    /** Reads something of what is there, whose content is looked at together with it where that is asked for, too. */
    private <T> Optional<T> find(boolean withContent, BiFunction<GuestFiles, FileStat, T> reading) {
        Optional<String> place = follows ? realPath() : Optional.of(path);
        return place.flatMap(at -> {
            GuestFiles seen = withContent ? files.prefetch(at) : files;
            return seen.find(at).map(stat -> reading.apply(seen, stat));
        });
    }

    /** The path of what is looked at. */
    String realOrGivenPath() {
        return follows ? realPath().orElse(path) : path;
    }

    Optional<String> realPath() {
        return FileLinks.realPath(subject.stemcell(), path);
    }

    /**
     * Verifies that the content has this SHA-256.
     *
     * <pre>{@code
     * stemcell.files().writeString("/tmp/ready", "ready\n");
     * String hash = "ed1a545bb85e55816bbf9566b028b2a0bc456b88f49f6f266c0401048824194b";
     * assertThat(stemcell).file("/tmp/ready").hasSha256(hash); // passes
     * assertThat(stemcell).file("/etc/passwd").hasSha256(hash); // fails
     * }</pre>
     *
     * @param hash its SHA-256 in 64 hex digits
     * @return this assertion object
     */
    public FileAssert hasSha256(String hash) {
        String wanted = FileContent.sha256(hash);
        that(
                "have the SHA-256 " + wanted,
                stat -> FileContent.hashOf(subject.stemcell(), stat),
                found -> found.filter(wanted::equals).isPresent(),
                found -> found.map(", SHA-256 "::concat).orElse(""));
        return (FileAssert) this;
    }

    /**
     * Verifies that the content is this text.
     *
     * <pre>{@code
     * stemcell.files().writeString("/tmp/ready", "ready\n");
     * assertThat(stemcell).file("/tmp/ready").hasContent("ready\n"); // passes
     * assertThat(stemcell).file("/tmp/ready").hasContent("ready"); // fails
     * }</pre>
     *
     * @param text all of it, as UTF-8
     * @return this assertion object
     */
    public FileAssert hasContent(String text) {
        Objects.requireNonNull(text, "text");
        return content("have the content \"" + text + "\"", text::equals);
    }

    /**
     * Verifies that the content contains a text.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").contains("vcap:x:1000:"); // passes
     * assertThat(stemcell).file("/etc/passwd").contains("nobody-at-all:"); // fails
     * }</pre>
     *
     * @param text what is somewhere in it, as UTF-8; not empty, because everything contains that
     * @return this assertion object
     */
    public FileAssert contains(String text) {
        Arguments.text(text);
        return content("contain \"" + text + "\"", content -> content.contains(text));
    }

    /**
     * Verifies that the content does not contain a text.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").doesNotContain("nobody-at-all:"); // passes
     * assertThat(stemcell).file("/etc/passwd").doesNotContain("vcap:x:1000:"); // fails
     * }</pre>
     *
     * @param text what is nowhere in it, as UTF-8; not empty, because everything contains that
     * @return this assertion object
     */
    public FileAssert doesNotContain(String text) {
        Arguments.text(text);
        return content("not contain \"" + text + "\"", content -> !content.contains(text));
    }

    /**
     * Verifies that a pattern is found in the content.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").matches("^vcap:.*:/bin/bash$"); // passes
     * assertThat(stemcell).file("/etc/passwd").matches("^vcap:.*:/bin/sh$"); // fails
     * }</pre>
     *
     * @param regex a pattern that is found somewhere in it, in which {@code ^} and {@code $} are the ends of lines, which end with
     *     {@code \n} alone
     * @return this assertion object
     */
    public FileAssert matches(String regex) {
        Pattern pattern = Arguments.regex(regex, Pattern.MULTILINE);
        return content(
                "have a match for " + regex, content -> pattern.matcher(content).find());
    }

    /**
     * Verifies that a pattern is not found in the content.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").doesNotMatch("^[^:]+::"); // passes
     * assertThat(stemcell).file("/etc/passwd").doesNotMatch("^[^:]+:x:"); // fails
     * }</pre>
     *
     * @param regex a pattern that is found nowhere in it, in which {@code ^} and {@code $} are the ends of lines, which end with
     *     {@code \n} alone
     * @return this assertion object
     */
    public FileAssert doesNotMatch(String regex) {
        Pattern pattern = Arguments.regex(regex, Pattern.MULTILINE);
        return content("have no match for " + regex, content -> !pattern.matcher(content)
                .find());
    }

    /**
     * Verifies that a condition of one's own holds for the content; see {@link #satisfies}.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/etc/passwd").hasContentSatisfying(text -> text.endsWith("\n"), "ends a line"); // passes
     * assertThat(stemcell).file("/etc/passwd").hasContentSatisfying(text -> text.isBlank(), "is blank"); // fails
     * }</pre>
     *
     * @param condition is given all of it, as UTF-8
     * @param description how messages say it behind "to have content satisfying", as {@code has a line for each host}; not empty
     * @return this assertion object
     */
    public FileAssert hasContentSatisfying(Predicate<String> condition, String description) {
        Objects.requireNonNull(condition, "condition");
        return content("have content satisfying \"" + Arguments.text(description) + "\"", condition);
    }

    /** What is no file has no content, and fails. */
    private FileAssert content(String wanted, Predicate<String> holds) {
        look(true, FileContent::textOf, text -> text.map(FileContent::words).orElse(""))
                .holds(wanted, look -> look.more().filter(holds).isPresent());
        return (FileAssert) this;
    }

    /**
     * Goes on with the content in plain AssertJ.
     *
     * @return assertions on the content as UTF-8
     */
    public AbstractStringAssert<?> content() {
        return subject.string(this::file, FileContentAssert::text, "content of " + path + " on " + subject.name());
    }

    /**
     * Goes on with the lines of the content in plain AssertJ, in their order.
     *
     * @return assertions on the list, without the ends of the lines; empty for an empty file
     */
    public AbstractListAssert<?, List<? extends String>, String, ?> lines() {
        return subject.list(
                this::file, file -> FileContent.lines(text(file)), "lines of " + path + " on " + subject.name());
    }

    /**
     * Goes on with those lines of the content in plain AssertJ in which a pattern is found, in their order.
     *
     * @param regex the pattern
     * @return assertions on the list, without the ends of the lines; empty where there is none
     */
    public AbstractListAssert<?, List<? extends String>, String, ?> linesMatching(String regex) {
        Pattern pattern = Arguments.regex(regex, 0);
        return subject.list(
                this::file,
                file -> FileContent.lines(text(file)).stream()
                        .filter(pattern.asPredicate())
                        .toList(),
                "lines of " + path + " on " + subject.name() + " with a match for " + regex);
    }

    /**
     * Goes on with the content in plain AssertJ.
     *
     * @return assertions on the bytes
     */
    public AbstractByteArrayAssert<?> contentBytes() {
        return subject.plain(
                ByteArrayAssert.class,
                byte[].class,
                ByteArrayAssert::new,
                this::file,
                file -> file.more().readBytes(file.stat().path()),
                "content of " + path + " on " + subject.name());
    }

    /**
     * Goes on with the settings in it: lines as {@code key = value} or {@code key value}, but comments behind {@code #} and {@code ;}. Where
     * there are other lines only, all assertions fail. A carriage return before the end of a line belongs to the value, as it does to a shell.
     *
     * @return assertions on them
     */
    public SettingsAssert settings() {
        return settings(Settings::ofLines);
    }

    /**
     * Goes on with the settings in it that are in sections, as unit files have them. Where there are other lines only, all assertions fail. A
     * carriage return ends a line, and the mark of a byte order that the file begins with is passed over, as systemd has it.
     *
     * @return assertions on them, by keys as {@code Section.Key}
     */
    public SettingsAssert ini() {
        return settings(Settings::ofSections);
    }

    private SettingsAssert settings(Function<String, Settings> reader) {
        return new SettingsAssert(
                subject,
                path,
                () -> text().flatMap(
                                text -> Optional.of(reader.apply(text)).filter(settings -> settings.areThoseOf(text))),
                () -> text().map(text -> "it has no settings" + FileContent.words(text))
                        .orElseGet(this::noText));
    }

    /**
     * Goes on with it as JSON.
     *
     * @return assertions on that
     */
    public JsonAssert json() {
        return new JsonAssert(subject, path, DataFormat.JSON, this::text, this::noText);
    }

    /**
     * Goes on with it as YAML: one document, of which times are texts. It takes {@code org.yaml:snakeyaml} 2 on the class path of the test.
     *
     * @return assertions on that
     */
    public JsonAssert yaml() {
        return new JsonAssert(subject, path, DataFormat.YAML, this::text, this::noText);
    }

    private Optional<String> text() {
        return find(true, FileContent::textOf).flatMap(Function.identity());
    }

    private String noText() {
        return find().map(stat -> "was: " + new FileLook<>(stat, "").words())
                .orElseGet(() -> FileLook.surroundings(files, path));
    }

    private Optional<FileLook<GuestFiles>> file() {
        return look(true, (seen, stat) -> seen, seen -> "")
                .holds("be a file", look -> look.stat().isFile());
    }

    private static String text(FileLook<GuestFiles> file) {
        return file.more().readString(file.stat().path());
    }
}
