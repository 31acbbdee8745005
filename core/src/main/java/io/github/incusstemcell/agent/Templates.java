package io.github.incusstemcell.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.internal.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jruby.embed.EvalFailedException;
import org.jruby.embed.LocalContextScope;
import org.jruby.embed.LocalVariableBehavior;
import org.jruby.embed.ScriptingContainer;

/** YAML and ERB, as releases have them, read by JRuby in this JVM. Nothing else names its classes, which may not be there: see {@link JRuby}. */
final class Templates {

    private final ScriptingContainer ruby;
    private final Object module;

    Templates() {
        ruby = new ScriptingContainer(LocalContextScope.SINGLETHREAD, LocalVariableBehavior.TRANSIENT);
        module = ruby.runScriptlet(script());
    }

    private static String script() {
        try (InputStream script = Templates.class.getResourceAsStream("templates.rb")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("templates.rb cannot be read from the library", e);
        }
    }

    /**
     * Reads YAML.
     *
     * @param what how messages name it
     */
    JsonNode yaml(String what, String text) {
        try {
            return call("yaml", text);
        } catch (EvalFailedException e) {
            throw new IncusStemcellException(what + " is no YAML: " + e.getMessage(), e);
        }
    }

    JsonNode properties(JsonNode request) {
        return call("properties", request.toString());
    }

    JsonNode render(JsonNode request) {
        return call("render", request.toString());
    }

    private JsonNode call(String method, String argument) {
        String answer;
        synchronized (this) {
            answer = ruby.callMethod(module, method, argument, String.class);
        }
        try {
            return Json.read(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("templates.rb answers with something else than JSON: " + answer, e);
        }
    }
}
