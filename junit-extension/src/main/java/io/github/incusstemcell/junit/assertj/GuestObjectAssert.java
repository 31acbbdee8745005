package io.github.incusstemcell.junit.assertj;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * What assertions on one thing have in common that may be there or not: where it is absent they fail, but for those on its absence.
 *
 * @param <S> the assertions themselves
 * @param <V> what is looked at
 */
public abstract class GuestObjectAssert<S extends GuestObjectAssert<S, V>, V> extends GuestAssert<S, V> {

    final Presence<?, V> presence;

    GuestObjectAssert(Presence<?, V> presence) {
        super(presence.subject());
        this.presence = presence;
    }

    @Override
    S that(String wanted, Predicate<V> holds) {
        presence.holds(wanted, holds);
        return itself();
    }

    S isAbsent(String wanted) {
        presence.isAbsent(wanted);
        return itself();
    }

    /** {@return whether it is there, which fails where it is not} */
    boolean isThere() {
        return find().isPresent();
    }

    /** {@return it, where it is there; where it is not that fails} */
    Optional<V> find() {
        return presence.holds("exist", found -> true);
    }
}
