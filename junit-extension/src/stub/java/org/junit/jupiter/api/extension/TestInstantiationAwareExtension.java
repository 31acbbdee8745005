package org.junit.jupiter.api.extension;

/**
 * What javac has to know of an interface that JUnit has since 5.12, while we compile against 5.10. No class is made of this file:
 * at run time JUnit brings its own, or does not know the method that needs it.
 */
public interface TestInstantiationAwareExtension extends Extension {

    /** In whose context a test class's constructor is called. */
    enum ExtensionContextScope {
        /** The class's. */
        DEFAULT,
        /** That of the test method that the instance is created for. */
        TEST_METHOD
    }
}
