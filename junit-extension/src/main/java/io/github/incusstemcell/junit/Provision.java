package io.github.incusstemcell.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a static method that prepares a container once, so that all tests start with what it did: it installs packages or a release, for
 * example. What is on the container's disk is kept as an image of its own, and each test gets a fresh machine of that image.
 *
 * <pre>{@code
 * @IncusStemcell("ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165")
 * class NginxTest {
 *
 *     @Provision(version = "1", files = "target/nginx.deb")
 *     static void install(StemcellContainer stemcell) {
 *         stemcell.files().copyTo(Path.of("target/nginx.deb"), "/opt/nginx.deb");
 *         stemcell.exec("dpkg", "--install", "/opt/nginx.deb").requireSuccess();
 *     }
 *
 *     @Test
 *     void runs(StemcellContainer stemcell) {
 *         assertThat(stemcell).unit("nginx.service").isActive();
 *     }
 * }
 * }</pre>
 *
 * <p>The method takes the container as its only parameter, and may be private and may throw anything. It runs before the first test that
 * needs it, and not at all where the image is there already, from this run or an earlier one: of the same stemcell, of this method by the
 * names of its class and its own, of the same version, files and code, and with the same options, devices and profiles. Its code is what it
 * does itself and what it calls in its class, in classes in that, around it and above it; for what else it takes, such as other classes or
 * what a server has, change {@link #version}. With {@code incus.stemcell.provision.refresh=true} it is made anew. {@link io.github.incusstemcell.container.Provisioning} says what a machine of
 * the image shares with the one that was provisioned, and what is its own: no test finds its machine's identity, host keys or logs.
 *
 * <p>If the method fails, no image is kept, and every test that needs it fails with the reason; the next run tries again.
 * Where it was interrupted, as by a timeout, the next test tries again.
 *
 * <p>One method counts for a test: that of its class, or else the one that its class inherits from a superclass or an interface, or else
 * that of a class around it. It counts for all containers without a node of its own, whichever annotation or builder describes them.
 * Containers that all tests of a class share are provisioned by the method of that class.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Provision {

    /**
     * What changes when something does that the code of the method does not tell.
     *
     * @return any text
     */
    String version() default "";

    /**
     * Files and folders of this machine that the method takes: where their names, modes or contents change, it runs again.
     *
     * @return paths, relative ones to the working directory, which is the project's with Maven and Gradle
     */
    String[] files() default {};

    /**
     * Which of several machines is provisioned, by the name with which it is asked for with {@link Node}.
     *
     * @return the name; or empty for those that the {@link IncusStemcell} without a node describes
     */
    String node() default "";
}
