package org.junit.jupiter.api.extension;

/**
 * What javac has to know of an interface that JUnit has since 5.13, while we compile against 5.10. No class is made of this file:
 * at run time JUnit brings its own, or does not know the extension that needs it.
 */
public interface ClassTemplateInvocationContext {

    /**
     * What an invocation is called.
     *
     * @param invocationIndex its number, from 1
     * @return the name
     */
    default String getDisplayName(int invocationIndex) {
        return "[" + invocationIndex + "]";
    }
}
