package io.github.incusstemcell.junit;

import static io.github.incusstemcell.junit.Kit.assertFailed;
import static io.github.incusstemcell.junit.Kit.assertSucceeded;
import static io.github.incusstemcell.junit.Kit.inOurProject;
import static io.github.incusstemcell.junit.Kit.ownInstances;
import static io.github.incusstemcell.junit.Kit.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;

/** What is said about settings that cannot be meant, and about what goes wrong between tests. */
class MessagesTest {

    @Test
    void aStemcellThatNobodyNames() {
        // An empty property hides what the environment says.
        System.setProperty("incus.stemcell.image", "");
        try {
            assertFailed(
                    run(Plain.class),
                    ExtensionConfigurationException.class,
                    "@IncusStemcell on MessagesTest.Plain names no image, and incus.stemcell.image is not set. Write for"
                            + " example @IncusStemcell(\"ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165\")");
        } finally {
            System.clearProperty("incus.stemcell.image");
        }
    }

    @Test
    void oneCauseForManyTests() {
        List<String> messages = run(Map.of("incus.stemcell.endpoint", "/nonexistent/unix.socket"), Many.class)
                .testEvents()
                .failed()
                .stream()
                .map(failed -> failed.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow()
                        .getMessage())
                .toList();

        assertThat(messages).hasSize(3);
        assertThat(messages.get(0)).contains("No Incus can be reached. Tried, in this order:\n", "\nInstall Incus");
        assertThat(messages.subList(1, 3)).allSatisfy(message -> assertThat(message)
                .contains(
                        ": The same as for MessagesTest.Many.a, which tells all of it: No Incus can be reached. Tried, in this"
                                + " order: /nonexistent/unix.socket (given): there is no such socket")
                .doesNotContain("\n"));
    }

    @Test
    void aNegativeTimeout() {
        assertFailed(
                run(Negative.class),
                ExtensionConfigurationException.class,
                "@IncusStemcell on MessagesTest.Negative has a startupTimeout of -1 seconds. Write a positive number, or"
                        + " leave it out");
    }

    @Test
    void aDeviceWithoutAType() {
        assertFailed(
                run(Typeless.class),
                ExtensionConfigurationException.class,
                "The device 'shared,path=/shared' in devices of @IncusStemcell on MessagesTest.Typeless has no type. Write"
                        + " for example \"shared,type=disk,source=/srv/shared,path=/shared\"");
    }

    @Test
    void aNodeThatNobodyDescribes() {
        assertFailed(
                run(Undescribed.class),
                ParameterResolutionException.class,
                "The parameter 'stemcell' of Undescribed.test asks for a container of the node 'db', but neither its method"
                        + " nor its class nor a class around that has @IncusStemcell. Add it there");
    }

    @Test
    void aNodeThatTwoExtensionsGive() {
        assertFailed(
                run(BuiltTwice.class),
                ExtensionConfigurationException.class,
                "For MessagesTest.BuiltTwice two IncusStemcellExtension are registered for the node 'db', so which of them"
                        + " gives a container is not clear. Name them apart with builder().node(\"db\"), and ask with"
                        + " @Node(\"db\")");
    }

    @Test
    void aNodeThatAnAnnotationAndAnExtensionGive() {
        assertFailed(
                run(BuiltAndAnnotated.class),
                ExtensionConfigurationException.class,
                "For MessagesTest.BuiltAndAnnotated there are both an @IncusStemcell and a registered"
                        + " IncusStemcellExtension for the node 'db', so which of them gives a container is not clear."
                        + " Remove one of them, or name them apart with builder().node(\"db\"), and ask with"
                        + " @Node(\"db\")");
    }

    @Test
    void twoMethodsThatProvisionANode() {
        assertFailed(
                run(ProvisionedTwice.class),
                ExtensionConfigurationException.class,
                "For MessagesTest.ProvisionedTwice there are two methods that provision the node 'db':"
                        + " MessagesTest.ProvisionedTwice.configure and MessagesTest.ProvisionedTwice.install, so which of"
                        + " them goes first is not clear. Let one of them call the other");
    }

    @Test
    void aFieldOfAModuleThatIsNotOpen() throws NoSuchFieldException {
        Field field = Thread.class.getDeclaredField("name");

        assertThatThrownBy(() -> IncusStemcellExtension.set(field, new Thread(), null))
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessageMatching("The field Thread\\.name cannot be set: Unable to make field private volatile"
                        + " java\\.lang\\.String java\\.lang\\.Thread\\.name accessible: module java\\.base does not"
                        + " \"opens java\\.lang\" to unnamed module @\\w+\\. Open the package java\\.lang in its"
                        + " module-info\\.java, or ask for the container by a parameter");
    }

    @Test
    void aMachineWhoseScopeHasEnded() {
        assertSucceeded(run(Ended.class), 1);
    }

    @Test
    void whatIsDoneElsewhereAndFails() {
        assertThatThrownBy(() -> Suite.await(
                        CompletableFuture.failedFuture(new IOException("no disk")), "the removal of a container"))
                .isExactlyInstanceOf(IncusStemcellException.class)
                .hasMessage("Waiting for the removal of a container failed: java.io.IOException: no disk");
    }

    @Test
    void aTurnThatWouldNeverCome() {
        assertSucceeded(run(SameThread.class), 1);
    }

    @Test
    void aTurnThatIsNotWaitedFor() {
        assertSucceeded(run(Interrupted.class), 1);
    }

    /** What stands before (400) is said by Incus, and 7.0 says it in other words than 6.0. */
    @Test
    void whatCannotBeRemoved(@TempDir Path folder) throws IOException {
        String log = SimpleLog.of(() ->
                assertSucceeded(run(Map.of("incus.stemcell.diagnostics.dir", folder.toString()), Protected.class), 1));

        String name = ownInstances().get(0).name();
        inOurProject(incus -> incus.instance(name).updateConfig(Map.of("security.protection.delete", "false")));
        Kit.deleteOwnInstances();
        String refusal = "DELETE /1\\.0/instances/" + name
                + "\\?project=incus-stemcell failed: Instance [a-z ]*protect[a-z ]* \\(400\\)";
        assertThat(log)
                .containsPattern("WARN Suite - Something that this run created could not be" + " removed at once: "
                        + refusal + "\\. It was tried once more;");
        assertThat(Files.readString(pageIn(folder)))
                .containsPattern("<p>Left to the next run on this machine: " + name + " of process [0-9]+ on .*: "
                        + "MessagesTest\\.Protected\\.test could not be removed: " + refusal + "</p>");
    }

    static Path pageIn(Path folder) throws IOException {
        try (Stream<Path> runs = Files.list(folder)) {
            return runs.filter(Files::isDirectory).findFirst().orElseThrow().resolve("index.html");
        }
    }

    @IncusStemcell
    static class Plain {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell
    @org.junit.jupiter.api.TestMethodOrder(org.junit.jupiter.api.MethodOrderer.MethodName.class)
    static class Many {

        @Test
        void a(StemcellContainer stemcell) {}

        @Test
        void b(StemcellContainer stemcell) {}

        @Test
        void c(StemcellContainer stemcell) {}
    }

    @IncusStemcell(startupTimeout = -1)
    static class Negative {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell(devices = "shared,path=/shared")
    static class Typeless {

        @Test
        void test(StemcellContainer stemcell) {}
    }

    @IncusStemcell(node = "web")
    static class Undescribed {

        @Test
        void test(@Node("db") StemcellContainer stemcell) {}
    }

    static class BuiltTwice {

        @RegisterExtension
        static final IncusStemcellExtension ONE =
                IncusStemcellExtension.builder().node("db").build();

        @RegisterExtension
        static final IncusStemcellExtension OTHER =
                IncusStemcellExtension.builder().node("db").build();

        @Test
        void test(@Node("db") StemcellContainer stemcell) {}
    }

    @IncusStemcell(node = "db")
    static class BuiltAndAnnotated {

        @RegisterExtension
        static final IncusStemcellExtension EXTENSION =
                IncusStemcellExtension.builder().node("db").build();

        @Test
        void test(@Node("db") StemcellContainer stemcell) {}
    }

    @IncusStemcell(node = "db")
    static class ProvisionedTwice {

        @Provision(node = "db")
        static void install(StemcellContainer stemcell) {}

        @Provision(node = "db")
        static void configure(StemcellContainer stemcell) {}

        @Test
        void test(@Node("db") StemcellContainer stemcell) {}
    }

    /** JUnit resolves no parameters once it ends a scope; a thread of a test's own, or another extension, may ask late. */
    static final class AskingLate implements BeforeEachCallback {

        @Override
        public void beforeEach(ExtensionContext context) {
            Suite suite = Suite.of(context);
            MachineSettings settings = MachineSettings.of(
                    IncusStemcellExtension.builder().image("incus:any").template(),
                    "MessagesTest.Ended.test",
                    suite.configuration());
            Machine machine = new Machine(suite, new NetworkGroup(suite, "Ended.test"), "", settings);
            machine.close(() -> null);
            Machines machines = Machines.of(context, "late");
            machines.close();
            for (ThrowingCallable late : List.<ThrowingCallable>of(
                    () -> machine.begin(Optional.empty()), () -> machines.begin(Map.of("", settings)))) {
                assertThatThrownBy(late)
                        .isExactlyInstanceOf(IncusStemcellException.class)
                        .hasMessage(
                                "The container for MessagesTest.Ended.test was not started: the test or the scope it"
                                        + " was asked for has ended. Ask for it within that, or give it a wider scope");
            }
        }
    }

    @ExtendWith(AskingLate.class)
    static class Ended {

        @Test
        void test() {}
    }

    /** JUnit's fork-join pool may run a test on a thread on which another one waits for its dynamic tests. */
    static final class TakingTwoTurns implements BeforeEachCallback {

        @Override
        public void beforeEach(ExtensionContext context) {
            ExtensionContext holder = context.getParent().orElseThrow();
            ExclusiveAccess access = new ExclusiveAccess();
            access.of(holder).take(List::of);
            assertThatThrownBy(() -> access.of(context).take(List::of))
                    .isExactlyInstanceOf(IncusStemcellException.class)
                    .hasMessage(
                            "MessagesTest.SameThread.test would wait for ever for the containers that it shares with"
                                    + " MessagesTest.SameThread: JUnit runs it on the same thread while that waits for its dynamic"
                                    + " tests. Put @Execution(SAME_THREAD) on MessagesTest.SameThread");
        }
    }

    @ExtendWith(TakingTwoTurns.class)
    static class SameThread {

        @Test
        void test() {}
    }

    static final class TakingNoTurn implements BeforeEachCallback {

        @Override
        public void beforeEach(ExtensionContext context) throws InterruptedException {
            ExclusiveAccess access = new ExclusiveAccess();
            Thread holder = new Thread(
                    () -> access.of(context.getParent().orElseThrow()).take(List::of));
            holder.start();
            holder.join();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> access.of(context).take(List::of))
                    .isExactlyInstanceOf(IncusStemcellException.class)
                    .hasMessage(
                            "Interrupted while MessagesTest.Interrupted.test waited for its turn at containers that it"
                                    + " shares with others");
            assertThatThrownBy(() -> Thread.sleep(1)).isInstanceOf(InterruptedException.class);
        }
    }

    @ExtendWith(TakingNoTurn.class)
    static class Interrupted {

        @Test
        void test() {}
    }

    @IncusStemcell(config = "security.protection.delete=true")
    static class Protected {

        @Test
        void test(StemcellContainer stemcell) {}
    }
}
