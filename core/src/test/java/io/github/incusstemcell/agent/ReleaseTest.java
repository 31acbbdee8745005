package io.github.incusstemcell.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases, and what becomes of their templates, without a machine. */
class ReleaseTest {

    private static final Release GREETER = Release.of(Path.of("../samples/src/test/resources/greeter-release"));
    private static final JobInstance INSTANCE = new JobInstance("ic-1", "10.0.0.7");

    @TempDir
    private Path folder;

    private static String rendered(JobSpec job, String file) {
        return new String(job.files(INSTANCE).get(file), StandardCharsets.UTF_8);
    }

    @Test
    void rendersWithTheValuesOfTheTestAndTheDefaultsOfTheSpec() {
        ReleaseJob web =
                GREETER.job("web").withProperty("greeting", "hello").withProperty("visitors", List.of("Ann", "Bo"));

        assertThat(rendered(web, "config/greeting")).isEqualTo("hello\nand Ann\nand Bo\nat port 8080\n");
        assertThat(rendered(web.withProperty("port", 99), "config/greeting")).endsWith("at port 99\n");
        assertThat(rendered(
                        GREETER.job("web").withProperties(Map.of("greeting", "good day", "port", 99)),
                        "config/greeting"))
                .startsWith("good day\n")
                .endsWith("at port 99\n");
        assertThat(rendered(web, "bin/pre-start")).contains("preparing incus-stemcell/web/0 on 10.0.0.7");
        assertThat(web.files(INSTANCE))
                .containsOnlyKeys("monit", "bin/web_ctl", "bin/pre-start", "bin/drain", "config/greeting");
        assertThat(GREETER.name()).isEqualTo("greeter");
        assertThat(GREETER.jobs()).containsExactly("visitor", "web");
    }

    @Test
    void findsLinksAmongTheJobsThatAreDeployedTogether() {
        JobSpec web = GREETER.job("web").withProperty("greeting", "hello").withProperty("port", 81);
        ReleaseJob visitor = GREETER.job("visitor");

        assertThat(rendered(visitor.beside(List.of(web, visitor), "10.0.0.7"), "bin/pre-start"))
                .contains("http://10.0.0.7:81/");
        Link elsewhere = Link.to("10.0.0.9", Map.of("port", 80));
        assertThat(rendered(visitor.withLink("web", elsewhere).beside(List.of(web), "10.0.0.7"), "bin/pre-start"))
                .contains("http://10.0.0.9:80/");
        assertThatThrownBy(() -> visitor.beside(List.of(visitor), "10.0.0.7"))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageStartingWith(
                        "The job 'visitor' consumes the link 'web' of type 'http', which no job provides that"
                                + " is deployed with it. Name one by withLink(\"web\", ...)");
        assertThatThrownBy(() -> visitor.withLink("db", elsewhere))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("consumes no link 'db'");
    }

    @Test
    void saysWhichPropertyIsMissingWhere() {
        assertThatThrownBy(() -> GREETER.job("web").files(INSTANCE))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageStartingWith("The templates of the job 'web' of the release ")
                .hasMessageContaining(
                        "- Error filling in template 'greeting.erb' (line 1: Can't find property 'greeting')")
                .hasMessageEndingWith("Give properties without default a value with withProperty(...)");
        assertThatThrownBy(() -> GREETER.job("web").withProperty("prot", 80))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("has no property 'prot'. It has: greeting, port, visitors");
        assertThatThrownBy(() -> GREETER.job("wbe"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(", which has: visitor, web");
    }

    @Test
    void packsTheSourcesOfPackagesTheSameEachTime() throws IOException {
        ReleasePackage greeter = GREETER.job("web").packages().get(0);

        assertThat(TarGzip.files(greeter.content())).containsOnlyKeys("greeter/serve.pl", "packaging");
        assertThat(greeter.closure()).containsOnlyKeys("words");
        assertThat(Release.of(Path.of("../samples/src/test/resources/greeter-release"))
                        .job("web")
                        .packages())
                .first()
                .extracting(ReleasePackage::version)
                .isEqualTo(greeter.version());
    }

    @Test
    void packsFilesOfSrcAndOfBlobsAndLinksAsLinks() throws IOException {
        Path release = release("name: x\n", "files: [lib/**/*]\n");
        write(release.resolve("packages/lib/packaging"), "true\n");
        write(release.resolve("src/lib/both"), "of src");
        write(release.resolve("blobs/lib/both"), "of blobs");
        write(release.resolve("blobs/lib/deep/blob"), "a blob");
        Files.createSymbolicLink(release.resolve("src/lib/around"), Path.of(".."));

        byte[] content = Release.of(release).job("app").packages().get(0).content();

        Map<String, TarGzip.Entry> files = TarGzip.files(content);
        assertThat(files).containsOnlyKeys("lib/both", "lib/deep/blob", "packaging");
        assertThat(files.get("lib/both").content()).isEqualTo("of src".getBytes());
        Path archive = Files.write(folder.resolve("lib.tgz"), content);
        assertThat(listing(archive)).contains("lib/around -> ..");

        write(release.resolve("packages/lib/pre_packaging"), "true\n");
        assertThatThrownBy(() -> Release.of(release).job("app").packages())
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageContaining("has a script pre_packaging, which only bosh create-release runs");
    }

    private static String listing(Path archive) throws IOException {
        Process tar = new ProcessBuilder("tar", "-tvzf", archive.toString()).start();
        return new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void takesPackagesOfOtherReleasesFromWhereBoshHasThem() throws IOException {
        byte[] archive = TarGzip.of(Map.of("packaging", text("true\n")));
        String digest = Blob.digest(archive);
        String config = "name: x\nblobstore: {provider: local, options: {blobstore_path: store}}\n";
        Path release = release(config, "");
        Path lib = release.resolve("packages/lib");
        Files.move(lib.resolve("spec"), lib.resolve("spec.lock"));
        write(lib.resolve("spec.lock"), "name: lib\nfingerprint: f00d\n");
        write(
                release.resolve(".final_builds/packages/lib/index.yml"),
                "builds:\n  f00d: {version: f00d, blobstore_id: blob, sha1: '" + digest + "'}\nformat-version: '2'\n");

        assertThatThrownBy(() -> Release.of(release).job("app").packages())
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageMatching(
                        "The package 'lib' of .* is from another release \\(spec\\.lock\\), and its archive is not to"
                                + " be had: there is no .*/\\.bosh/cache/" + digest
                                + "\\. Run bosh create-release --force there, .*");

        Files.write(Files.createDirectory(release.resolve("store")).resolve("blob"), archive);
        assertThat(Release.of(release).job("app").packages()).singleElement().satisfies(found -> {
            assertThat(found.content()).isEqualTo(archive);
            assertThat(found.compiled()).isFalse();
        });

        Templates ruby = JRuby.templates();
        FinalBuilds cached = new FinalBuilds(
                release, file -> ruby.yaml("it", read(file)), Files.createDirectory(folder.resolve("cache")));
        Files.delete(release.resolve("store/blob"));
        Files.write(folder.resolve("cache").resolve(digest), archive);
        assertThat(cached.archive("lib", "f00d")).isEqualTo(archive);
        Files.writeString(folder.resolve("cache").resolve(digest), "damaged");
        assertThatThrownBy(() -> cached.archive("lib", "f00d"))
                .hasMessageContaining("is damaged: its digest is not sha256:");
        assertThatThrownBy(() -> cached.archive("lib", "beef"))
                .hasMessageContaining("no index.yml in .final_builds/packages/lib has it");
    }

    /** With one job, app, and its package, lib. */
    private Path release(String config, String spec) throws IOException {
        Path release = folder.resolve("release");
        write(release.resolve("config/final.yml"), config);
        write(release.resolve("jobs/app/spec"), "name: app\ntemplates: {}\npackages: [lib]\n");
        write(release.resolve("jobs/app/monit"), "");
        write(release.resolve("packages/lib/spec"), "name: lib\n" + spec);
        return release;
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readsTheArchiveOfARelease() throws IOException {
        Map<String, TarGzip.Entry> job = new TreeMap<>();
        job.put(
                "./job.MF",
                text("name: app\ntemplates: {a.erb: etc/a}\npackages: [lib]\nproperties: {x: {default: 1}}\n"));
        job.put("./monit", text(""));
        job.put("./templates/a.erb", text("x is <%= p('x') %>, y is <%= p(['y', 'z'], 'none') %>"));
        String manifest = "name: small\nversion: '1'\njobs: [{name: app}]\n"
                + "compiled_packages: [{name: lib, stemcell: ubuntu-noble/1.1, dependencies: []}]\n";
        Path archive = folder.resolve("small.tgz");
        Files.write(
                archive,
                TarGzip.of(new TreeMap<>(Map.of(
                        "./release.MF",
                        text(manifest),
                        "./jobs/app.tgz",
                        new TarGzip.Entry(TarGzip.of(job), 0644),
                        "./compiled_packages/lib.tgz",
                        text("compiled")))));

        ReleaseJob app = Release.of(archive).job("app");

        assertThat(rendered(app, "etc/a")).isEqualTo("x is 1, y is none");
        assertThat(app.packages()).singleElement().satisfies(lib -> {
            assertThat(lib.compiled()).isTrue();
            assertThat(new String(lib.content(), StandardCharsets.UTF_8)).isEqualTo("compiled");
        });
    }

    @Test
    void refusesWhatIsNoRelease() throws IOException {
        assertThatThrownBy(() -> Release.of(folder.resolve("none"))).hasMessageStartingWith("There is no release at ");
        assertThatThrownBy(() -> Release.of(folder)).hasMessageContaining("is no release: it has no folder 'jobs'");
        Path text = Files.writeString(folder.resolve("x.tgz"), "no archive");
        assertThatThrownBy(() -> Release.of(text))
                .isInstanceOf(IncusStemcellException.class)
                .hasMessageContaining("release.MF cannot be read");
    }

    private static TarGzip.Entry text(String content) {
        return new TarGzip.Entry(content.getBytes(StandardCharsets.UTF_8), 0644);
    }
}
