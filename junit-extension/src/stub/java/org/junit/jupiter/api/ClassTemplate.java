package org.junit.jupiter.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What javac has to know of an annotation that JUnit has since 5.13, while we compile against 5.10. No class is made of this file:
 * at run time JUnit brings its own, or does not know the annotation that needs it.
 */
@Target({ElementType.ANNOTATION_TYPE, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface ClassTemplate {}
