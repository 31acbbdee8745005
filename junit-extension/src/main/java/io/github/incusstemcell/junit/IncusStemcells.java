package io.github.incusstemcell.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several {@link IncusStemcell}; the compiler writes it where more than one stands in a place. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(AnnotatedStemcells.class)
public @interface IncusStemcells {

    /**
     * What it holds.
     *
     * @return the annotations, in their order
     */
    IncusStemcell[] value();
}
