package io.github.incusstemcell.junit.report;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands files to whoever shows tests: to JUnit, which takes files since 5.12 and else at least their place; and to Jenkins, whose plugin
 * for attachments looks for lines on stdout.
 */
record FilePublisher(PrintStream stdout, boolean jenkins) {

    private static final Logger LOG = LoggerFactory.getLogger(FilePublisher.class);

    /** {@code publishFile(String, MediaType, ThrowingConsumer)}; the newest of those that differ in their MediaType. */
    private static final Optional<Method> PUBLISH = Arrays.stream(ExtensionContext.class.getMethods())
            .filter(method -> method.getName().equals("publishFile"))
            .min((left, right) -> Boolean.compare(
                    left.isAnnotationPresent(Deprecated.class), right.isAnnotationPresent(Deprecated.class)));

    void attach(ExtensionContext context, Diagnosis diagnosis) {
        boolean published = attachFile(context, diagnosis, "summary.txt");
        for (Diagnosis.Entry file : diagnosis.files()) {
            if (file.size() > 0) {
                published &= attachFile(context, diagnosis, file.name());
            }
        }
        if (!published) {
            context.publishReportEntry(
                    "diagnostics of " + diagnosis.container(),
                    diagnosis.folder().toString());
        }
    }

    private boolean attachFile(ExtensionContext context, Diagnosis diagnosis, String name) {
        Path file = diagnosis.folder().resolve(name);
        if (jenkins) {
            stdout.println("[[ATTACHMENT|" + file + "]]");
        }
        return PUBLISH.isPresent() && publish(PUBLISH.get(), context, diagnosis.container() + "-" + name, file);
    }

    private static boolean publish(Method publish, ExtensionContext context, String name, Path file) {
        ThrowingConsumer<Path> copy = target -> Files.copy(file, target);
        String type = name.endsWith(".svg") ? "image/svg+xml" : "text/plain;charset=UTF-8";
        try {
            Class<?> mediaType = publish.getParameterTypes()[1];
            publish.invoke(
                    context, name, mediaType.getMethod("parse", String.class).invoke(null, type), copy);
            return true;
        } catch (InvocationTargetException e) {
            // A launcher that keeps no files refuses them.
            LOG.debug("JUnit does not take {}", file, e.getCause());
            return false;
        } catch (ReflectiveOperationException e) {
            LOG.warn("JUnit is not given {}: its {} is not the one known from 5.12 to 6.1", file, publish, e);
            return false;
        }
    }
}
