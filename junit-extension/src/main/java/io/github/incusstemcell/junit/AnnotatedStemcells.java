package io.github.incusstemcell.junit;

import java.util.Optional;

/**
 * What {@link IncusStemcell} brings along. A class of its own, since JUnit registers each class only once for a test, and this one has to
 * come in beside one that was built.
 */
final class AnnotatedStemcells extends IncusStemcellExtension {

    AnnotatedStemcells() {
        super(new Declarations(Optional.empty()));
    }
}
