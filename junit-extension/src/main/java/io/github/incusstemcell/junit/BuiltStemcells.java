package io.github.incusstemcell.junit;

import java.util.Optional;

/** What {@link IncusStemcellBuilder} builds. */
final class BuiltStemcells extends IncusStemcellExtension {

    BuiltStemcells(Template template) {
        super(new Declarations(Optional.of(template)));
    }
}
