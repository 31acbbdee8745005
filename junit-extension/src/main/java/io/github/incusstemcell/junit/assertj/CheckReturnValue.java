package io.github.incusstemcell.junit.assertj;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What is returned has to be used: nothing has been asserted yet. Error Prone and SpotBugs heed any annotation of this name; AssertJ's own has
 * moved between the versions that we work with.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface CheckReturnValue {}
