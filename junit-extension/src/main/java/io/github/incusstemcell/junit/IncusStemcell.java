package io.github.incusstemcell.junit;

import io.github.incusstemcell.stemcell.OverlayPart;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests a freshly booted stemcell: a whole Ubuntu with systemd as an Incus system container.
 *
 * <p>Put it on a test class, on a class or an interface that test classes inherit from, on an annotation of your own, or on a single
 * test method, whose settings then replace those of the class. A test asks for its container by a parameter or by a field of the type
 * {@link io.github.incusstemcell.container.StemcellContainer}:
 *
 * <pre>{@code
 * @IncusStemcell("ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165")
 * class CronTest {
 *
 *     @Test
 *     void isEnabled(StemcellContainer stemcell) {
 *         assertThat(stemcell.exec("systemctl", "is-enabled", "cron").stdout()).isEqualTo("enabled\n");
 *     }
 * }
 * }</pre>
 *
 * <p>The image is converted once for all tests of a run, and not at all if an earlier run has done it. A container starts when it is
 * first asked for. A test whose container cannot be had fails, with the reason.
 *
 * <p>The container of a {@code @TestFactory} method is one for all its dynamic tests. With {@link Scope#PER_CLASS}, a class template such
 * as a {@code @ParameterizedClass} has one container for all the times that it runs, as it has one {@code @BeforeAll}. The constructor of a test class may ask for the
 * container of its test with JUnit 5.12 or later. Several machines in one test are asked for with {@link Node}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Repeatable(IncusStemcells.class)
@ExtendWith(AnnotatedStemcells.class)
public @interface IncusStemcell {

    /**
     * The stemcell, in the notation of {@link io.github.incusstemcell.oci.ImageReference#parse}: the short form of {@link #image()}.
     *
     * @return the reference, or empty for {@code incus.stemcell.image}
     */
    String value() default "";

    /**
     * The stemcell, in the notation of {@link io.github.incusstemcell.oci.ImageReference#parse}.
     *
     * @return the reference, or empty for {@code incus.stemcell.image}
     */
    String image() default "";

    /**
     * Several stemcells, with each of which a test runs once: one that is a {@code @TestTemplate} where it would be a {@code @Test}; or, with
     * JUnit 5.13 and later, all tests of a class with {@link EachImage}. Each time has a name, a provisioning and a report of its own, and
     * with {@link Scope#PER_CLASS} a container of its own.
     *
     * <pre>{@code
     * @IncusStemcell(images = {"ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165", "ghcr.io/cloudfoundry/ubuntu-jammy-stemcell:1.990"})
     * class CronTest {
     *
     *     @TestTemplate
     *     void isEnabled(StemcellContainer stemcell) {
     *         assertThat(stemcell).unit("cron.service").isEnabled();
     *     }
     * }
     * }</pre>
     *
     * @return the references, in the notation of {@link #image()}, which is then left out; or none
     */
    String[] images() default {};

    /**
     * Which of several machines this describes, for those who ask with {@link Node}.
     *
     * @return the name, lower-case letters, digits and dashes; or empty for what is asked for without a name, or with a name that no other
     *     {@code @IncusStemcell} describes
     */
    String node() default "";

    /**
     * For how long a container lives.
     *
     * @return the scope
     */
    Scope scope() default Scope.PER_TEST;

    /**
     * Whether each test finds a shared container as the first one did: before that, so after all {@code @BeforeAll}, a snapshot is taken,
     * and before each other test it is restored, which boots the container again. So each of them finds it running and booted, also where
     * the one before stopped or paused it, or has it shutting down. Tests that run in parallel take turns at it.
     *
     * @return true to reset; only for a scope that is not {@link Scope#PER_TEST}
     */
    boolean resetBetweenTests() default false;

    /**
     * The network of the container: the name of an existing Incus network, or {@code none}.
     *
     * @return the network, or empty for {@code incus.stemcell.network}, which is one that this library makes for itself unless it is set
     */
    String network() default "";

    /**
     * The address of the container in the subnet of its network, such as {@code 10.78.0.50}: one container can have it at a time, so tests
     * that run in parallel cannot share it. Take one in the upper half of the subnet: the others are drawn for containers that do not choose.
     *
     * @return the IPv4 address, or empty for any
     */
    String address() default "";

    /**
     * How many CPUs the container may use, or which: {@code limits.cpu} of Incus.
     *
     * @return such as {@code 2} or {@code 0-1}, or empty for {@code incus.stemcell.limits.cpu}, which is all unless it is set
     */
    String cpu() default "";

    /**
     * How much memory the container may use: {@code limits.memory} of Incus.
     *
     * @return such as {@code 512MiB} or {@code 25%}, or empty for {@code incus.stemcell.limits.memory}, which is all unless it is set
     */
    String memory() default "";

    /**
     * How large the container's root disk may become, the image's own content included: its {@code size} in Incus.
     *
     * @return such as {@code 3GiB}, or empty for {@code incus.stemcell.limits.disk}, which is what the storage pool gives unless it is set
     */
    String disk() default "";

    /**
     * The storage pool of the root disk.
     *
     * @return the name of an existing pool, or empty for the first that clones images; {@code incus.stemcell.storage-pool} goes before it
     */
    String storagePool() default "";

    /**
     * The Incus project of the container and of its image.
     *
     * @return the name of an existing project, or empty for {@code incus-stemcell}; {@code incus.stemcell.project} goes before it
     */
    String project() default "";

    /**
     * The members of an Incus cluster, on one of which the container is started.
     *
     * @return their names, separated by commas, or a group that the cluster's own scheduler chooses from, as {@code @default}; or empty for all
     *     that are online; {@code incus.stemcell.target} goes before it
     */
    String target() default "";

    /**
     * Instance options by Incus's own keys, each as {@code key=value}: {@code "security.nesting=true"} for containers in the container,
     * {@code "security.privileged=true"} for one whose root is the machine's root. The variables of {@code "environment.GREETING=hello"} are
     * there for commands, and for the units of a container that is booted.
     *
     * @return the options; none by default, so that the container is unprivileged
     */
    String[] config() default {};

    /**
     * Devices, each as {@code name,type=...,key=value,...}: {@code "shared,type=disk,source=/srv/shared,path=/shared"}. The devices
     * {@code root} and {@code eth0} are there already; options come on top of theirs: {@code "root,size=20GiB"}.
     *
     * @return the devices on top of the root disk and {@code eth0}
     */
    String[] devices() default {};

    /**
     * Incus profiles, applied in this order below everything else.
     *
     * @return the names of existing profiles
     */
    String[] profiles() default {};

    /**
     * Parts of the overlay that are left out, for tests of what the stemcell does without them.
     *
     * @return the parts, on top of those in {@code incus.stemcell.overlay.without}
     */
    OverlayPart[] withoutOverlay() default {};

    /**
     * Whether the container is started. With false it is only created: its files can be read, written and asserted, and nothing runs. Nothing
     * is laid over it, so that it answers as the published image does: about host keys, the machine-id, masked units or presets.
     *
     * @return false for a container that is created and not started
     */
    boolean boot() default true;

    /**
     * Settings for the BOSH agent, as a CPI would hand them over: a JSON object. They stand in {@code
     * /var/vcap/bosh/warden-cpi-agent-env.json} before the guest boots, so that the agent, and what waits for it, starts as it does on a
     * virtual machine.
     *
     * @return the settings, or empty for none: then the agent does not start
     */
    String agentSettings() default "";

    /**
     * Whether the stemcell's BOSH agent is started, by settings that are made for this container: its message bus listens on HTTPS with a
     * certificate, a user and a password of its own. The container counts as started when the agent has answered, and {@link
     * io.github.incusstemcell.container.StemcellContainer#agent()} speaks to it. Its {@code /var/vcap/data} is a tmpfs, which a restart
     * empties; what {@link #data} puts there, is there.
     *
     * @return true to start it
     */
    boolean agent() default false;

    /**
     * How large {@code /var/vcap/data} may become where the agent is started, by {@link #agent} or {@link #agentSettings}. It takes memory for
     * what is in it.
     *
     * @return such as {@code 512MiB}, or empty for 2GiB
     */
    String agentData() default "";

    /**
     * What stands in {@code /var/vcap/data} before the guest boots: the content of a folder of this machine. The folders {@code sys/run}
     * and {@code sys/log} are made in it, so that monit starts.
     *
     * @return the folder, relative to that in which the tests run; or empty for none
     */
    String data() default "";

    /**
     * Other things that stand in the guest before it boots, each as {@code guest=source}, where the source is a file of this machine, or
     * a folder with all that is in it: {@code "/etc/motd=src/test/motd"}; or the guest's path alone, with a slash at its end, for an empty
     * folder: {@code "/var/vcap/store/"}. All of it belongs to root; the permissions are those of the source.
     *
     * @return the files
     */
    String[] files() default {};

    /**
     * Whether the guest's journal is written to our log as long as the container is there, each line after the container's name, by the
     * logger {@code io.github.incusstemcell.journal}.
     *
     * @return true to write it; {@code incus.stemcell.journal} goes before it
     */
    boolean journal() default false;

    /**
     * Files of the guest, and folders with all files below them, that are fetched into the test's folder of diagnostics when it fails, as long
     * as it takes no more than 10 seconds: of each file up to 8 MiB, of a longer one its end, and 32 MiB and 1,000 files in all. Symbolic
     * links below them are not followed. {@code /var/vcap/sys/log} is fetched without being named where there is one.
     *
     * @return absolute paths in the guest, such as {@code /etc/nginx}
     */
    String[] artifacts() default {};

    /**
     * When the container is deleted at the end of its scope.
     *
     * @return the moment; {@code incus.stemcell.cleanup} goes before it
     */
    Cleanup cleanup() default Cleanup.ALWAYS;

    /**
     * How long starting may take until systemd has finished booting, in seconds.
     *
     * @return seconds, or 0 for 60; {@code incus.stemcell.startup-timeout} goes before it
     */
    int startupTimeout() default 0;

    /**
     * Whether tests are skipped, with the reason, where there is no Incus to connect to. Otherwise they fail.
     *
     * @return true to skip
     */
    boolean disabledWithoutIncus() default false;
}
