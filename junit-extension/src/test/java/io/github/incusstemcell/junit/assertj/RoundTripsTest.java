package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.container.Stemcells;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.incus.Incus;
import io.github.incusstemcell.oci.ImageReference;
import io.github.incusstemcell.oci.OciImages;
import io.github.incusstemcell.oci.RegistrySettings;
import io.github.incusstemcell.systemd.JournalMark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How often a guest is asked for one assertion, once there is a way to ask it that is kept. */
@Timeout(600)
class RoundTripsTest {

    /** A subject, what is asked of it, and two more whose names it is about. */
    private static final int MOST = 4;

    @TempDir
    static Path folder;

    private static CountedIncus incus;
    private static Stemcells stemcells;
    private static StemcellContainer stemcell;

    @BeforeAll
    static void launch() throws IOException {
        incus = new CountedIncus(folder);
        stemcells = Stemcells.builder()
                .endpoint(incus.endpoint())
                .sources(OciImages.builder()
                        .settings(RegistrySettings.builder()
                                .insecureHost(System.getenv("INCUS_STEMCELL_REGISTRY_INSECURE"))
                                .build())
                        .build())
                .connect();
        stemcell = stemcells.launch(ContainerSpec.of(ImageReference.parse(System.getenv("INCUS_STEMCELL_IMAGE"))));
        stemcell.systemd().unit("cron.service");
        awaitTheChannel();
    }

    @AfterAll
    static void close() throws IOException {
        stemcell.close();
        stemcells.close();
        incus.close();
    }

    /** It is there as soon as a command is no exec any more. */
    private static void awaitTheChannel() {
        while (incus.during(() -> stemcell.inspect(Command.of("true"))).contains("POST exec")) {
            Thread.onSpinWait();
        }
    }

    private static Stream<Consumer<StemcellAssert>> assertionsOnManyFiles() {
        return Stream.of(
                on -> on.users().haveUniqueUids(),
                on -> on.users().withUid(0).hasOnlyNames("root"),
                on -> on.groups().haveUniqueGids(),
                on -> on.user("vcap").hasUid(1000),
                on -> on.user("vcap").hasPasswordMaxDays(99_999),
                on -> on.group("vcap").hasGid(1000),
                on -> on.files("/etc/ssh/ssh_host_*_key").haveMode(0600),
                on -> on.files("/etc/s*/*.conf").isNotEmpty(),
                on -> on.files("/etc/ssh/no-such-*").doNotExist(),
                on -> on.files("/etc/pass[v-w]d").contain("root"),
                on -> on.files("/etc/cron.d/*").doNotMatch("no such text"),
                on -> on.file("/etc/mtab").exists(),
                on -> on.file("/etc/passwd").contains("root"),
                on -> on.file("/etc/passwd").lines().isNotEmpty(),
                on -> on.file("/etc/login.defs").settings().hasKey("UID_MIN"),
                on -> on.osRelease().hasKey("ID"),
                on -> on.route("default").exists());
    }

    @ParameterizedTest
    @MethodSource("assertionsOnManyFiles")
    void manyFilesAreLookedAtInOne(Consumer<StemcellAssert> assertion) {
        assertThat(incus.during(() -> assertion.accept(assertThat(stemcell)))).hasSize(1);
    }

    private static GuestFiles plainFiles(Incus plain) {
        return plain.project("incus-stemcell").instance(stemcell.name()).files();
    }

    /** The plain way, which also those guests have that have no other. */
    @Test
    void accountsAreTheSameEitherWay() {
        try (Incus plain = Incus.connect()) {
            for (String change : List.of(
                    "true",
                    "useradd -m other && echo other:secret | chpasswd && groupadd -g 4711 many && usermod -aG many vcap",
                    "mv /etc/gshadow /etc/gshadow.away",
                    "ln -s gshadow.away /etc/gshadow",
                    "rm /etc/gshadow && ln -s nowhere /etc/gshadow",
                    "printf 'no account\\n' >> /etc/passwd && head -c 2000000 /dev/zero | tr '\\0' '#' >> /etc/group",
                    "mv /etc/shadow /etc/shadow.away && mkdir /etc/shadow")) {
                stemcell.shell(change).requireSuccess();
                assertThat(either(() -> Accounts.of(stemcell)))
                        .as(change)
                        .isEqualTo(either(() -> Accounts.of(stemcell.name(), plainFiles(plain))));
            }
        } finally {
            stemcell.shell("rmdir /etc/shadow; mv /etc/shadow.away /etc/shadow; rm /etc/gshadow;"
                            + " mv /etc/gshadow.away /etc/gshadow; sed -i '/^#/d' /etc/group;"
                            + " sed -i '/^no account/d' /etc/passwd; userdel -r other; groupdel many; true")
                    .requireSuccess();
        }
    }

    private static Object either(Supplier<Object> reading) {
        try {
            return reading.get().toString();
        } catch (GuestFileException | AssertionError e) {
            return e.toString();
        }
    }

    @Test
    void patternsMeanTheSameEitherWay() {
        stemcell.shell("""
                mkdir -p /globs/a/b /globs/ab/b /globs/.hidden/b /globs/many && cd /globs
                touch a/b/x ab/b/y .hidden/b/z '*' '[ab]' "$(printf 'line\\nend')" "$(printf 'byte-\\377')" ü a/.x a*b
                ln -s a link; ln -s nowhere dangling; ln -s /globs/a/b/x file; ln -s loop loop; mkfifo pipe
                for i in $(seq 400); do ln -s $i many/$i; done; head -c 3000000 /dev/zero > a/large
                """).requireSuccess();
        try (Incus plain = Incus.connect()) {
            for (String pattern : List.of(
                    "/globs/*",
                    "/globs/*/*",
                    "/globs/*/b/*",
                    "/globs/.*/*/?",
                    "/globs/?",
                    "/globs/[a-b]",
                    "/globs/[!a]*",
                    "/globs/link/*",
                    "/globs/file/*",
                    "/globs/loop/*",
                    "/globs/dangling*",
                    "/globs/*end",
                    "/globs/byte-*",
                    "/globs/byte-?",
                    "/globs/a[*]b",
                    "/globs/*b",
                    "/globs/a/b/x",
                    "/globs/a/[",
                    "/globs/[]a]*",
                    "/*/*/b",
                    "/globs/many/*9",
                    "/no-such/*/x",
                    "/etc/passwd/*",
                    "/proc/sys/kernel/host*",
                    "/dev/n*",
                    "/etc/*/*",
                    "/usr/*/*/*.p[lm]")) {
                Glob glob = new Glob(pattern);
                Object wanted = either(() -> glob.find(plainFiles(plain)));
                for (boolean withContent : List.of(false, true)) {
                    GuestFiles seen = stemcell.files().prefetchMatching(pattern, withContent);
                    assertThat(either(() -> glob.find(seen))).as(pattern).isEqualTo(wanted);
                }
            }
        } finally {
            stemcell.shell("rm -r /globs").requireSuccess();
        }
    }

    @Test
    void contentsOfManyAreTheSameEitherWay() {
        stemcell.shell(
                        "mkdir /texts && cd /texts && for i in 1 2 3; do echo $i > $i; head -c 900000 /dev/urandom > long-$i;"
                                + " done; head -c 3000000 /dev/urandom > longest; : > empty; ln -s 1 link; mkfifo pipe; mkdir folder")
                .requireSuccess();
        try (Incus plain = Incus.connect()) {
            GuestFiles seen = stemcell.files().prefetchMatching("/texts/*", true);
            for (FileStat file : plainFiles(plain).list("/texts")) {
                assertThat(either(() -> bytes(seen, file)))
                        .as(file.path())
                        .isEqualTo(either(() -> bytes(plainFiles(plain), file)));
            }
        } finally {
            stemcell.shell("rm -r /texts").requireSuccess();
        }
    }

    private static String bytes(GuestFiles files, FileStat file) {
        return new String(files.readBytes(file.path()), StandardCharsets.ISO_8859_1);
    }

    /** Journals, folders and the kernel's pattern, each in its own way. */
    private static final Predicate<EveryAssertion> ON_MANY_THINGS =
            assertion -> assertion.method().getName().equals("hasNoCoreDumps");

    /** What fails asks for more, for its message; what must not change is asked again and again. */
    @Test
    void fewThingsAreAskedOneByOne() {
        JournalMark mark = stemcell.journal().mark();
        Map<String, List<String>> asked = new TreeMap<>();
        for (EveryAssertion assertion : EveryAssertion.all()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            List<String> questions =
                    incus.during(() -> thrown.set(catchThrowable(() -> assertion.make(assertThat(stemcell), mark))));
            boolean isRepeated = assertion.method().getName().equals("doesNotChangeFor");
            if (thrown.get() == null && !isRepeated && !ON_MANY_THINGS.test(assertion)) {
                asked.put(assertion.toString(), questions);
            }
        }
        asked.forEach(
                (assertion, questions) -> System.out.println(questions.size() + " " + assertion + " " + questions));

        assertThat(asked).hasSizeGreaterThan(100).allSatisfy((assertion, questions) -> assertThat(questions)
                .hasSizeLessThanOrEqualTo(MOST));
    }
}
