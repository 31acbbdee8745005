package io.github.incusstemcell.junit.assertj;

import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** One document of YAML. It alone refers to SnakeYAML, which need not be there. */
final class YamlDocument {

    private YamlDocument() {}

    /** What looks like a time stays a text, for which JSON has nothing else. */
    private static final class WithoutTimes extends Resolver {
        @Override
        public void addImplicitResolver(Tag tag, Pattern pattern, String first, int limit) {
            if (!tag.equals(Tag.TIMESTAMP)) {
                super.addImplicitResolver(tag, pattern, first, limit);
            }
        }
    }

    /** Maps, lists, texts, numbers and booleans; null where nothing is there. */
    static Object read(String text) {
        LoaderOptions loading = new LoaderOptions();
        loading.setAllowDuplicateKeys(false);
        DumperOptions dumping = new DumperOptions();
        Yaml yaml =
                new Yaml(new SafeConstructor(loading), new Representer(dumping), dumping, loading, new WithoutTimes());
        try {
            return yaml.load(text);
        } catch (YAMLException e) {
            throw new DataFormat.NotOfFormat(
                    "it is not YAML: " + e.getMessage().strip().replaceAll("\\s+", " "));
        }
    }
}
