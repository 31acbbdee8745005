package io.github.incusstemcell.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.incusstemcell.incus.FileMode;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Something that stands in the guest before its first process runs. All of it belongs to root; folders on the way to it are made where
 * the image has none. What the overlay writes comes on top.
 */
public sealed interface BootFile {

    /** Where a stemcell for BOSH's warden and docker CPIs looks for its agent's settings. */
    String AGENT_SETTINGS = "/var/vcap/bosh/warden-cpi-agent-env.json";

    /** {@return where in the guest: an absolute path} */
    String path();

    /**
     * A file with a text in it.
     *
     * @param path where in the guest, absolute
     * @param content what is in it, in UTF-8
     * @param mode its permissions, such as 0644
     */
    record Text(String path, String content, int mode) implements BootFile {

        /**
         * Checks the path.
         *
         * @throws IllegalArgumentException if it is not absolute, or the mode is none
         */
        public Text {
            requireAbsolute(path);
            Objects.requireNonNull(content, "content");
            FileMode.require(mode);
        }

        /** {@return the path and the mode; what is in the file may be secret} */
        @Override
        public String toString() {
            return path + " with mode " + Integer.toOctalString(mode);
        }
    }

    /**
     * A copy of a file of this machine, or of a folder with all that is in it, with the same permissions.
     *
     * @param path where in the guest, absolute; for a folder, its content joins what is there
     * @param source what to copy
     */
    record Copy(String path, Path source) implements BootFile {

        /**
         * Checks the path.
         *
         * @throws IllegalArgumentException if the one in the guest is not absolute
         */
        public Copy {
            requireAbsolute(path);
            Objects.requireNonNull(source, "source");
        }
    }

    /**
     * A folder; what is in it already stays.
     *
     * @param path where in the guest, absolute
     */
    record Folder(String path) implements BootFile {

        /**
         * Checks the path.
         *
         * @throws IllegalArgumentException if it is not absolute
         */
        public Folder {
            requireAbsolute(path);
        }
    }

    /** Settings for the BOSH agent that are made for the container, as {@link ContainerSpecBuilder#agent} says. */
    record Agent() implements BootFile {

        @Override
        public String path() {
            return AGENT_SETTINGS;
        }
    }

    /**
     * Settings for the BOSH agent, which then starts as it does on a virtual machine.
     *
     * @param json what a CPI would hand to the agent, a JSON object
     * @return the file
     * @throws IllegalArgumentException if it is no JSON object
     */
    static BootFile agentSettings(String json) {
        try {
            JsonNode settings = new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(json);
            if (settings == null || !settings.isObject()) {
                throw new IllegalArgumentException("The agent's settings are no JSON object, but: " + json.strip());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "The agent's settings are no JSON: " + e.getOriginalMessage() + " at line "
                            + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr(),
                    e);
        }
        return new Text(AGENT_SETTINGS, json, 0600);
    }

    private static void requireAbsolute(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("A path in the guest is absolute, but this is '" + path + "'");
        }
    }
}
