package io.github.incusstemcell.junit.assertj;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.assertj.core.api.AbstractObjectAssert;

/**
 * Assertions on a file that is JSON, or YAML. One that is not, or not only, fails all of them. Places in it are named by RFC 6901's pointers, as
 * {@code /Platform/Linux/DevicePathResolutionType} or {@code /disks/0}. {@link #satisfies} is given all of it as maps, lists, texts, numbers
 * and booleans.
 */
public final class JsonAssert extends GuestAssert<JsonAssert, Object> {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int SHOWN = 300;
    private static final long LAST_EXACT = 1L << 53;

    private final String path;
    private final DataFormat format;
    private final Supplier<Optional<Document>> reading;
    private final Supplier<String> surroundings;

    /** A text, and what it is, where it is JSON. */
    private record Document(Optional<JsonNode> json, String trouble) {

        static Document of(DataFormat format, String text) {
            try {
                JsonNode node = format.read(text);
                return node == null || node.isMissingNode()
                        ? new Document(Optional.empty(), "it is empty")
                        : new Document(Optional.of(node), "");
            } catch (DataFormat.NotOfFormat e) {
                return new Document(Optional.empty(), String.valueOf(e.getMessage()));
            }
        }

        Optional<JsonNode> at(String pointer) {
            return json.map(node -> node.at(pointer)).filter(node -> !node.isMissingNode());
        }

        /** What is there, as messages say it behind "but ". */
        String words(String pointer) {
            if (json.isEmpty()) {
                return trouble;
            }
            return at(pointer)
                    .map(node -> "was: " + shortened(node.toString()))
                    .orElseGet(() -> "there is no " + pointer + ": "
                            + shortened(json.get().toString()));
        }

        private static String shortened(String text) {
            return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
        }
    }

    JsonAssert(
            Subject subject,
            String path,
            DataFormat format,
            Supplier<Optional<String>> reading,
            Supplier<String> surroundings) {
        super(subject);
        this.path = path;
        this.reading = () -> reading.get().map(text -> Document.of(format, text));
        this.format = format;
        this.surroundings = surroundings;
    }

    private Optional<Document> that(String wanted, Predicate<Document> holds, Function<Document, String> but) {
        Observation<Optional<Document>> seen = new Observation<Optional<Document>>(
                        subject.timing(),
                        found -> found.filter(document -> document.json().isPresent() && holds.test(document))
                                .isPresent(),
                        found -> found.map(but).orElse("absent"))
                .polling(reading);
        return subject.verify(path, wanted, seen, found -> found.map(but).orElseGet(surroundings))
                .flatMap(Function.identity());
    }

    @Override
    JsonAssert that(String wanted, Predicate<Object> holds) {
        that(
                wanted,
                document -> holds.test(MAPPER.convertValue(document.json().orElseThrow(), Object.class)),
                document -> document.words(""));
        return this;
    }

    private JsonAssert at(String pointer, String wanted, Predicate<Optional<JsonNode>> holds) {
        that(wanted, document -> holds.test(document.at(pointer)), document -> document.words(pointer));
        return this;
    }

    /**
     * Verifies that it is JSON, or YAML, and nothing else.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().isValid(); // passes
     * assertThat(stemcell).file("/etc/passwd").json().isValid(); // fails
     * }</pre>
     *
     * @return this assertion object
     */
    public JsonAssert isValid() {
        return that("be " + format, json -> true);
    }

    /**
     * Verifies that there is something at a place.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().has("/Platform/Linux"); // passes
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().has("/Platform/Windows"); // fails
     * }</pre>
     *
     * @param pointer the place
     * @return this assertion object
     */
    public JsonAssert has(String pointer) {
        Arguments.pointer(pointer);
        return at(pointer, "have " + pointer, Optional::isPresent);
    }

    /**
     * Verifies that there is nothing at a place.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().doesNotHave("/Platform/Windows"); // passes
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().doesNotHave("/Platform/Linux"); // fails
     * }</pre>
     *
     * @param pointer the place
     * @return this assertion object
     */
    public JsonAssert doesNotHave(String pointer) {
        Arguments.pointer(pointer);
        return at(pointer, "not have " + pointer, Optional::isEmpty);
    }

    /**
     * Verifies that a text is at a place.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().hasValue("/Infrastructure/Settings/Sources/0/Type", "File"); // passes
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().hasValue("/Infrastructure/Settings/Sources/0/Type", "HTTP"); // fails
     * }</pre>
     *
     * @param pointer the place
     * @param value what is there, which has to be a text
     * @return this assertion object
     */
    public JsonAssert hasValue(String pointer, String value) {
        return equal(pointer, TextNode.valueOf(Objects.requireNonNull(value, "value")));
    }

    /**
     * Verifies that a boolean is at a place.
     *
     * <pre>{@code
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().hasValue("/Platform/Linux/UseDefaultTmpDir", true); // passes
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().hasValue("/Platform/Linux/UseDefaultTmpDir", false); // fails
     * assertThat(stemcell).file("/var/vcap/bosh/agent.json").json().hasValue("/Infrastructure/Settings/Sources/0/Type", true); // fails
     * }</pre>
     *
     * @param pointer the place
     * @param value what is there, which has to be a boolean
     * @return this assertion object
     */
    public JsonAssert hasValue(String pointer, boolean value) {
        return equal(pointer, BooleanNode.valueOf(value));
    }

    /**
     * Verifies that a whole number is at a place.
     *
     * <pre>{@code
     * stemcell.files().writeString("/tmp/limits.json", "{\"files\": 1024}");
     * assertThat(stemcell).file("/tmp/limits.json").json().hasValue("/files", 1024); // passes
     * assertThat(stemcell).file("/tmp/limits.json").json().hasValue("/files", 4096); // fails
     * }</pre>
     *
     * @param pointer the place
     * @param value what is there, which has to be a whole number, be it written as 1024, 1024.0 or 1.024E3
     * @return this assertion object
     */
    public JsonAssert hasValue(String pointer, long value) {
        Arguments.pointer(pointer);
        return at(pointer, "have " + pointer + " " + value, found -> found.filter(node -> isWhole(node, value))
                .isPresent());
    }

    /** In JSON 1000, 1000.0 and 1E3 are one number; those that are not whole to it are read as doubles, exact up to here. */
    static boolean isWhole(JsonNode node, long value) {
        return node.isFloatingPointNumber()
                ? Math.abs(value) <= LAST_EXACT && node.doubleValue() == value
                : node.isIntegralNumber() && node.canConvertToLong() && node.longValue() == value;
    }

    private JsonAssert equal(String pointer, JsonNode value) {
        Arguments.pointer(pointer);
        return at(pointer, "have " + pointer + " " + value, found -> found.filter(value::equals)
                .isPresent());
    }

    /**
     * Goes on with what is at a place, where there has to be something, in plain AssertJ.
     *
     * @param pointer the place
     * @return assertions on a map, a list, a text, a number, a boolean or null
     */
    public AbstractObjectAssert<?, Object> value(String pointer) {
        Arguments.pointer(pointer);
        return subject.object(
                () -> that(
                        "have " + pointer,
                        document -> document.at(pointer).isPresent(),
                        document -> document.words(pointer)),
                document -> MAPPER.convertValue(document.at(pointer).orElseThrow(), Object.class),
                pointer + " of " + path + " on " + subject.name());
    }
}
