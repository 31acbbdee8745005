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
                return MAPPER.readTree(text);
            } catch (JsonProcessingException e) {
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
