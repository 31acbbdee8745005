package io.github.incusstemcell.junit;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.ContainerSpec;
import io.github.incusstemcell.oci.ImageReference;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * One of several forms of a machine, with each of which a test runs once.
 *
 * @param name what the invocation of the test is called: the image, the name of the settings, or both
 * @param image its stemcell, if they differ in that
 * @param options puts its own settings into a specification
 */
record Variant(String name, Optional<String> image, UnaryOperator<ContainerSpec> options) {

    /**
     * Each of the images with each of the settings.
     *
     * @param origin where they are named, for messages
     */
    static List<Variant> of(List<String> images, Map<String, UnaryOperator<ContainerSpec>> settings, String origin) {
        for (String image : images) {
            requireImage(image, origin);
            if (Collections.frequency(images, image) > 1) {
                throw new ExtensionConfigurationException(origin + " names '" + image + "' twice in images");
            }
        }
        List<Variant> ofImages = images.stream()
                .map(image -> new Variant(image, Optional.of(image), UnaryOperator.identity()))
                .toList();
        List<Variant> ofSettings = settings.entrySet().stream()
                .map(named -> new Variant(named.getKey(), Optional.empty(), named.getValue()))
                .toList();
        if (ofImages.isEmpty() || ofSettings.isEmpty()) {
            return ofImages.isEmpty() ? ofSettings : ofImages;
        }
        return ofImages.stream()
                .flatMap(image -> ofSettings.stream().map(image::with))
                .toList();
    }

    private static void requireImage(String image, String origin) {
        try {
            ImageReference.parse(image);
        } catch (IncusStemcellException e) {
            throw new ExtensionConfigurationException(
                    "'" + image + "' in images of " + origin + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Variant with(Variant settings) {
        return new Variant(name + ", " + settings.name, image, settings.options);
    }

    static List<String> names(List<Variant> variants) {
        return variants.stream().map(Variant::name).toList();
    }

    static List<String> images(List<Variant> variants) {
        return variants.stream()
                .flatMap(variant -> variant.image.stream())
                .distinct()
                .toList();
    }

    /** {@return what messages call them} */
    static String kind(List<Variant> variants) {
        return names(variants).equals(images(variants)) ? "images" : "variants";
    }

    static String singular(String kind) {
        return kind.substring(0, kind.length() - 1);
    }
}
