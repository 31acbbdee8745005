package io.github.incusstemcell.junit.assertj;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.incusstemcell.IncusStemcellException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** In what way a file writes down maps, lists and values. */
enum DataFormat {
    JSON {
        @Override
        @Nullable
        JsonNode read(String text) {
            try {
                return requireFinite(MAPPER.readTree(text));
            } catch (JsonProcessingException e) {
                // By its name: before 2.15 Jackson has no such class.
                if (e.getClass().getSimpleName().equals("StreamConstraintsException")) {
                    throw new NotOfFormat(TOO_LARGE + e.getOriginalMessage(), e);
                }
                throw new NotOfFormat("it is not JSON: "
                        + e.getOriginalMessage().replaceFirst(": not allowed when `DeserializationFeature.*", "")
                        + " in line "
                        + Optional.ofNullable(e.getLocation())
                                .map(location -> String.valueOf(location.getLineNr()))
                                .orElse("?"));
            }
        }
    },
    YAML {
        @Override
        @Nullable
        JsonNode read(String text) {
            try {
                Object document = YamlDocument.read(text);
                return document == null ? null : MAPPER.valueToTree(document);
            } catch (IllegalArgumentException e) {
                // Such as a key that is null.
                throw new NotOfFormat("it is YAML that has no form in JSON: "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            } catch (NoClassDefFoundError e) {
                throw new IncusStemcellException(
                        "Reading YAML takes SnakeYAML: add org.yaml:snakeyaml 2 to the class path of the test", e);
            }
        }
    };

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                    DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    /** How messages begin that are about what may be of the format all the same. */
    static final String TOO_LARGE = "it is too large to be read: ";

    /** Refuses numbers for which no double is large enough: they would be one and the same, and no number. */
    private static @Nullable JsonNode requireFinite(@Nullable JsonNode node) {
        if (node != null && node.isDouble() && Double.isInfinite(node.doubleValue())) {
            throw new NotOfFormat(TOO_LARGE + "a number is beyond " + Double.MAX_VALUE);
        }
        if (node != null) {
            node.forEach(DataFormat::requireFinite);
        }
        return node;
    }

    /** What is in a text; null where nothing is. */
    abstract @Nullable JsonNode read(String text);

    /** Thrown where a text is something else. */
    static final class NotOfFormat extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotOfFormat(String message) {
            super(message);
        }

        NotOfFormat(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
