package io.github.incusstemcell.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Has all tests of a class run once with each of the {@linkplain IncusStemcell#images images} that its {@link IncusStemcell}, or a
 * registered {@link IncusStemcellExtension}, names, and in each {@linkplain IncusStemcellBuilder#variant variant} of that. Needs JUnit 5.13 or later, whose {@code @ClassTemplate} this is; before that, and for
 * single methods, write {@code @TestTemplate} instead of {@code @Test}: such a JUnit does not find what this annotation brings along, and says
 * {@code TypeNotPresentException}.
 *
 * <pre>{@code
 * @EachImage
 * @IncusStemcell(images = {"ghcr.io/cloudfoundry/ubuntu-noble-stemcell:1.165", "ghcr.io/cloudfoundry/ubuntu-jammy-stemcell:1.990"})
 * class CronTest {
 *
 *     @Test
 *     void isEnabled(StemcellContainer stemcell) {
 *         assertThat(stemcell).unit("cron.service").isEnabled();
 *     }
 * }
 * }</pre>
 *
 * <p>As JUnit has one {@code @BeforeAll} for all times that such a class runs, none of them can ask there, or by a static field, for a container.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ClassTemplate
@ExtendWith(EachImageProvider.class)
public @interface EachImage {}
