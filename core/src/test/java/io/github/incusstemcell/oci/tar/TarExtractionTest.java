package io.github.incusstemcell.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.oci.Unpacked;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds what we say of tar streams against what GNU tar does with them. */
class TarExtractionTest {

    private static final int GENERATED = 200;
    private static final String MAY_BE_LOST =
            "takes the place of a symbolic link that tar makes last, as it may lead out of the root";
    private static final long SEED = Long.getLong("generated.seed", System.nanoTime());

    @TempDir
    Path folder;

    @Test
    void saysWhatTarRefuses() throws IOException {
        String component = "n".repeat(256);
        assertRefused(new TestTar().file("a/../b", "x"), "a/../b has '..' in its name");
        assertRefused(new TestTar().directory("..", 0755), ".. has '..' in its name");
        assertRefused(new TestTar().hardLink("a", "b"), "a is a hard link to b, which is not there by then");
        assertRefused(
                new TestTar().directory("b", 0755).hardLink("a", "b"), "a is a hard link to b, which is a directory");
        assertRefused(
                new TestTar().directory("b", 0755).file("b/x", "x").hardLink("a", "b"),
                "a is a hard link to b, which is a directory");
        assertRefused(
                new TestTar()
                        .directory("d", 0755)
                        .file("d/b", "x")
                        .symbolicLink("l", "/d")
                        .hardLink("a", "l/b"),
                "a is a hard link to l/b, which is not there by then");
        assertRefused(
                new TestTar().symbolicLink("l", "d").file("l/x", "x"),
                "l/x is below l, which is a symbolic link to no directory by then");
        assertRefused(
                new TestTar().directory("d", 0755).symbolicLink("l", "/d").file("l/x", "x"),
                "l/x is below l, which is a symbolic link that tar makes last, as it may lead out of the root by"
                        + " then");
        assertRefused(new TestTar().file("d", "x").file("d/x", "x"), "d/x is below d, which is a file by then");
        assertRefused(
                new TestTar().directory("d", 0755).file("d/x", "x").file("d", "x"),
                "d takes the place of a directory with something in it");
        assertRefused(
                new TestTar().symbolicLink("./", "/etc"),
                "./ takes the place of the root, which can only be a directory");
        assertRefused(new TestTar().symbolicLink("a", ""), "a is a symbolic link to nothing");
        assertRefused(
                new TestTar().longName('L', component).file("short", "x"),
                component + " has a longer name than Linux allows");
    }

    @Test
    void letsPassWhatTarUnpacks() throws IOException {
        for (TestTar fine : List.of(
                new TestTar().file("/absolute", "x").directory("/", 0755).directory("./", 0700),
                new TestTar()
                        .file("b", "x")
                        .hardLink("a", "../../b")
                        .hardLink("c", "x/../b")
                        .hardLink("d", "/b"),
                new TestTar().file("b", "x").hardLink("b", "b"),
                new TestTar().directory("d", 0755).file("d/x", "x").hardLink("./d", "../d"),
                new TestTar()
                        .directory("d", 0755)
                        .file("d/b", "x")
                        .symbolicLink("l", "d")
                        .hardLink("a", "l/b"),
                new TestTar().symbolicLink("l", "/d").hardLink("a", "l"),
                new TestTar()
                        .directory("d", 0755)
                        .symbolicLink("l", "d")
                        .directory("l", 0755)
                        .file("l/x", "x"),
                new TestTar().file("d", "x").directory("d", 0755).file("d/x", "x"),
                new TestTar().directory("d", 0755).file("d", "x"),
                new TestTar().entry('Z', "unknown", "", 0644, "x".getBytes()).file("a", "x"),
                new TestTar().entry('0', "by-its-slash/", "", 0755, new byte[0]).file("by-its-slash/x", "x"))) {
            assertThat(refusal(fine.bytes())).isEmpty();
            assertThat(tarFails(fine.bytes())).isFalse();
        }
    }

    @Test
    void tellsTheNameOfEachEntry() throws IOException {
        List<String> names = new ArrayList<>();
        TestTar tar = new TestTar().directory("./d", 0755).file("d/x", "x").hardLink("a", "nothing");
        assertThatThrownBy(() -> TarExtraction.check(new ByteArrayInputStream(tar.bytes()), names::add))
                .isInstanceOf(TarExtraction.RefusedException.class);
        assertThat(names).containsExactly("./d", "d/x", "a");
    }

    @Test
    void allowsNamesAsLongAsLinuxDoes() throws IOException {
        String component = "n".repeat(255);
        String longest = (component + "/").repeat(15) + component;
        assertThat(longest).hasSize(4095);
        assertThat(tarFails(new TestTar()
                        .longName('L', component)
                        .file("short", "x")
                        .bytes()))
                .isFalse();
        // What tar unpacks here is too long for the test to remove.
        for (String name : List.of(component, longest)) {
            assertThat(refusal(
                            new TestTar().longName('L', name).file("short", "x").bytes()))
                    .isEmpty();
        }
        assertThat(refusal(new TestTar()
                        .longName('L', "./" + longest)
                        .file("short", "x")
                        .bytes()))
                .contains("./" + longest + " has a longer name than Linux allows");
        assertThat(refusal(new TestTar()
                        .longName('K', longest)
                        .symbolicLink("l", "short")
                        .bytes()))
                .isEmpty();
        assertRefused(
                new TestTar().longName('K', longest + "/").symbolicLink("l", "short"),
                "l is a symbolic link to a name too long for Linux");
    }

    @Test
    void followsAsManyLinksAsLinuxDoes() throws IOException {
        TestTar tar = new TestTar().directory("d", 0755).symbolicLink("l1", "d");
        for (int i = 2; i <= 41; i++) {
            tar.symbolicLink("l" + i, "l" + (i - 1));
        }
        byte[] followed = tar.file("l40/x", "x").bytes();
        assertThat(refusal(followed)).isEmpty();
        assertThat(tarFails(followed)).isFalse();
        assertRefused(tar.file("l41/x", "x"), "l41/x is below l41, which is a symbolic link to no directory by then");
    }

    @Test
    void refusesWhatTakesThePlaceOfALinkOnTheWayToIt() throws IOException {
        assertRefused(
                new TestTar().symbolicLink("a", ".").symbolicLink("b", "a").directory("b/a", 0755),
                "b/a is below b, which is a symbolic link to no directory by then");
        assertRefused(
                new TestTar().symbolicLink("a", ".").symbolicLink("b", "a").file("b/a", "x"),
                "b/a is below b, which is a symbolic link to no directory by then");
        byte[] made = new TestTar()
                .symbolicLink("a", ".")
                .directory("a/a", 0755)
                .file("a/a/x", "x")
                .bytes();
        assertThat(refusal(made)).isEmpty();
        assertThat(tarFails(made)).isFalse();
    }

    @Test
    void refusesWhatTarMayLoseToALinkThatItMakesLast() throws IOException {
        for (TestTar lost : List.of(
                new TestTar().symbolicLink("l", "/d").directory("l", 0755),
                new TestTar().symbolicLink("l", "/d").file("l", "x"),
                new TestTar().symbolicLink("l", "/d").file("./l", "x").directory("l", 0755),
                new TestTar().symbolicLink("l", "/d").symbolicLink("l", "d"),
                new TestTar().symbolicLink("l", "/d").file("f", "x").hardLink("l", "f"))) {
            assertThat(refusal(lost.bytes()).orElseThrow()).endsWith("l " + MAY_BE_LOST);
        }
    }

    @Test
    void agreesWithTarOnGeneratedStreams() throws IOException {
        System.out.println("TarExtractionTest: " + GENERATED + " tar streams, -Dgenerated.seed=" + SEED);
        Random random = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < GENERATED; i++) {
            List<String> entries = new ArrayList<>();
            byte[] tar = generated(random, entries);
            Optional<String> refusal = refusal(tar);
            if (refusal.filter(said -> said.contains(MAY_BE_LOST)).isPresent()) {
                continue; // Whether tar loses it depends on whether the disk gives it the inode of the file before.
            }
            assertThat(refusal.isPresent())
                    .as("stream %s of seed %s: %s, of which is said: %s", i, SEED, entries, refusal)
                    .isEqualTo(tarFails(tar));
            refused += refusal.isPresent() ? 1 : 0;
        }
        assertThat(refused).isBetween(GENERATED / 10, GENERATED * 9 / 10);
    }

    private static byte[] generated(Random random, List<String> entries) {
        List<String> names = List.of("a", "b", "./a", "a/b", "a/c", "b/a", "b/a/c", "/c");
        List<String> targets = List.of("a", "b", "a/b", ".", "/a", "../a", "c", "b/../a");
        TestTar tar = new TestTar();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            String name = names.get(random.nextInt(names.size()));
            String target = targets.get(random.nextInt(targets.size()));
            int kind = random.nextInt(4);
            entries.add("dflh".charAt(kind) + " " + name + " " + target);
            switch (kind) {
                case 0 -> tar.directory(name + "/", 0755);
                case 1 -> tar.file(name, "x");
                case 2 -> tar.symbolicLink(name, target);
                default -> tar.hardLink(name, target);
            }
        }
        return tar.bytes();
    }

    private void assertRefused(TestTar tar, String problem) throws IOException {
        assertThat(refusal(tar.bytes())).contains(problem);
        assertThat(tarFails(tar.bytes())).as(problem).isTrue();
    }

    private static Optional<String> refusal(byte[] tar) throws IOException {
        try {
            TarExtraction.check(new ByteArrayInputStream(tar), name -> {});
            return Optional.empty();
        } catch (TarExtraction.RefusedException e) {
            return Optional.of(e.getMessage());
        }
    }

    private boolean tarFails(byte[] tar) throws IOException {
        Path into = Files.createTempDirectory(folder, "tar");
        try {
            Unpacked.byTar(new ByteArrayInputStream(tar), into);
            return false;
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("tar: ");
            return true;
        }
    }
}
