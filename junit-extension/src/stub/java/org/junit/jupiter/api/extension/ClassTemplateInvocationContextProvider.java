package org.junit.jupiter.api.extension;

import java.util.stream.Stream;

/**
 * What javac has to know of an interface that JUnit has since 5.13, while we compile against 5.10. No class is made of this file:
 * at run time JUnit brings its own, or does not know the extension that needs it.
 */
public interface ClassTemplateInvocationContextProvider extends Extension {

    /**
     * Whether this provides invocations of a class.
     *
     * @param context the class's
     * @return true if so
     */
    boolean supportsClassTemplate(ExtensionContext context);

    /**
     * The invocations of a class.
     *
     * @param context the class's
     * @return what they are
     */
    Stream<? extends ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(ExtensionContext context);
}
