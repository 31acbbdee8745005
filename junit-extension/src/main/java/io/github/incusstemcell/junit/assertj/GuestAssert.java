package io.github.incusstemcell.junit.assertj;

import org.assertj.core.api.Descriptable;
import org.assertj.core.description.Description;

/**
 * What all assertions on a part of a stemcell have in common: {@code as()} gives failures from then on a description.
 *
 * @param <S> the assertions themselves
 */
public abstract class GuestAssert<S extends GuestAssert<S>> implements Descriptable<S> {

    final Subject subject;

    GuestAssert(Subject subject) {
        this.subject = subject;
    }

    @Override
    @SuppressWarnings("unchecked")
    public S describedAs(Description description) {
        subject.describe(description);
        return (S) this;
    }
}
