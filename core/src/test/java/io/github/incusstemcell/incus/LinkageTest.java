package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import org.junit.jupiter.api.Test;

/** A class path with a library too few, or in another version, is not taken for a machine without Incus. */
class LinkageTest {

    @Test
    void saysSoWhereOurClassesDoNotLink() {
        assertThat(connectWithout("com.fasterxml.jackson.databind.ObjectMapper"))
                .hasMessageContaining("failed in this JVM")
                .hasMessageContaining("com/fasterxml/jackson/databind/ObjectMapper")
                .hasMessageContaining("jackson-databind 2.13 or a later 2.x")
                .hasMessageNotContainingAny("Install Incus");
    }

    @Test
    void saysSoWhereTheHttpClientDoesNotLinkInAThreadOfItsOwn() {
        assertThat(connectWithout("okhttp3.internal.http1.Http1ExchangeCodec"))
                .hasMessageContaining("failed in this JVM")
                .hasMessageContaining("okhttp3/internal/http1/Http1ExchangeCodec")
                .hasMessageNotContainingAny("Install Incus");
    }

    private static Throwable connectWithout(String hidden) {
        ClassLoader loader = new ClassPathWithout(hidden);
        return catchThrowable(() -> {
            Class<?> incus = loader.loadClass(Incus.class.getName());
            try (AutoCloseable unexpected =
                    (AutoCloseable) incus.getMethod("connect").invoke(null)) {
                throw new AssertionError("connected as " + unexpected);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    /** Loads what links to the hidden class anew, so that it meets its absence. */
    private static final class ClassPathWithout extends ClassLoader {

        private final String hidden;

        ClassPathWithout(String hidden) {
            super(LinkageTest.class.getClassLoader());
            this.hidden = hidden;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(hidden)) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.github.incusstemcell.") && !name.startsWith("okhttp3.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] content = bytes.readAllBytes();
                return defineClass(name, content, 0, content.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
