package io.github.incusstemcell.oci;

import io.github.incusstemcell.IncusStemcellException;

/** A text that does not name an image in any of the notations of {@link ImageReference}. */
public final class InvalidImageReferenceException extends IncusStemcellException {

    /**
     * Describes what is wrong with the text.
     *
     * @param reference the whole text
     * @param problem what is wrong with it and how it should look, a sentence without its full stop
     */
    public InvalidImageReferenceException(String reference, String problem) {
        super("'" + reference + "' does not name an image: " + problem);
    }
}
