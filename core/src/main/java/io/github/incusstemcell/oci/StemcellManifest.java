package io.github.incusstemcell.oci;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.internal.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What we need of {@code stemcell.MF}: scalars, those in {@code cloud_properties}, and the list of formats.
 *
 * <p>YAML is a large language, of which stemcell builders and the BOSH CLI write very little: mappings by indentation, plain
 * and quoted scalars, lists of scalars, or all of it as JSON. Reading just that saves every user a YAML parser on their
 * class path, which would often be one more version of one that they have.
 */
record StemcellManifest(Map<String, String> values, List<String> formats) {

    private static final Pattern ENTRY = Pattern.compile("( *)([A-Za-z0-9_.-]+|\"[^\"]*\"|'[^']*'):(?: +(.*))?");
    private static final Pattern ITEM = Pattern.compile(" *- +(.*)");
    private static final String CLOUD_PROPERTIES = "cloud_properties";
    private static final String FORMATS = "stemcell_formats";

    static StemcellManifest parse(String text) throws IOException {
        return text.stripLeading().startsWith("{") ? fromJson(text) : fromYaml(text);
    }

    /** {@return a value; keys in the cloud properties begin with {@code cloud_properties.}} */
    Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
    }

    private static StemcellManifest fromJson(String text) throws IOException {
        JsonNode root = Json.read(text);
        Map<String, String> values = new LinkedHashMap<>();
        root.fieldNames().forEachRemaining(key -> putScalar(values, key, root.get(key)));
        JsonNode cloud = root.path(CLOUD_PROPERTIES);
        cloud.fieldNames().forEachRemaining(key -> putScalar(values, CLOUD_PROPERTIES + "." + key, cloud.get(key)));
        List<String> formats = new ArrayList<>();
        root.path(FORMATS).forEach(format -> formats.add(format.asText()));
        return new StemcellManifest(values, formats);
    }

    private static void putScalar(Map<String, String> values, String key, JsonNode value) {
        if (value.isValueNode()) {
            values.put(key, value.asText());
        }
    }

    private static StemcellManifest fromYaml(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> formats = new ArrayList<>();
        String section = "";
        int depth = -1;
        for (String line : text.split("\r?\n")) {
            Matcher entry = ENTRY.matcher(line);
            Matcher item = ITEM.matcher(line);
            if (entry.matches()) {
                String key = scalar(entry.group(2));
                String value = entry.group(3) == null ? "" : entry.group(3);
                if (entry.group(1).isEmpty()) {
                    section = key;
                    depth = -1;
                    values.put(key, scalar(value));
                    if (key.equals(FORMATS)) {
                        flowItems(value, formats);
                    }
                } else if (section.equals(CLOUD_PROPERTIES)) {
                    depth = depth < 0 ? entry.group(1).length() : depth;
                    if (entry.group(1).length() == depth) { // Deeper is something else's.
                        values.put(section + "." + key, scalar(value));
                    }
                }
            } else if (item.matches() && section.equals(FORMATS)) {
                formats.add(scalar(item.group(1)));
            }
        }
        return new StemcellManifest(values, formats);
    }

    private static void flowItems(String value, List<String> items) {
        if (value.startsWith("[")) {
            for (String item : value.replaceAll("[\\[\\]]", "").split(",")) {
                items.add(scalar(item));
            }
        }
    }

    private static String scalar(String text) {
        String value = text.strip();
        if (value.startsWith("\"")) {
            int end = value.lastIndexOf('"');
            return end > 0 ? value.substring(1, end).replaceAll("\\\\([\"\\\\])", "$1") : value;
        }
        if (value.startsWith("'")) {
            int end = value.lastIndexOf('\'');
            return end > 0 ? value.substring(1, end).replace("''", "'") : value;
        }
        int comment = value.startsWith("#") ? 0 : value.indexOf(" #");
        value = comment < 0 ? value : value.substring(0, comment).strip();
        return value.equals("null") || value.equals("~") ? "" : value;
    }
}
