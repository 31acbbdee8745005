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
     * and before each other test it is restored, which boots the container again. Tests that run in parallel take turns at it.
     *
     * @return true to reset; only for a scope that is not {@link Scope#PER_TEST}
     */
    boolean resetBetweenTests() default false;

    /**
     * The network of the container: the name of an existing Incus network, or {@code none}.
     *
     * @return the network, or empty for the one that this library makes for itself
     */
    String network() default "";

    /**
     * Instance options by Incus's own keys, each as {@code key=value}: {@code "security.nesting=true"}.
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
     * When the container is deleted at the end of its scope.
     *
     * @return the moment
     */
    Cleanup cleanup() default Cleanup.ALWAYS;

    /**
     * How long starting may take until systemd has finished booting, in seconds.
     *
     * @return seconds, or 0 for {@code incus.stemcell.startup-timeout}, which is 60 unless it is set
     */
    int startupTimeout() default 0;

    /**
     * Whether tests are skipped, with the reason, where there is no Incus to connect to. Otherwise they fail.
     *
     * @return true to skip
     */
    boolean disabledWithoutIncus() default false;
}
