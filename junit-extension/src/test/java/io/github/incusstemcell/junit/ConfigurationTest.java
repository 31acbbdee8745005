package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.junit.Configuration.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(incus\\.stemcell\\.[a-z.-]+)` \\| \\S.*\\|$");

    @Test
    void namesWhatNobodyReadsAndWhatWasMeant() {
        assertThat(UnknownKeys.find(
                        Set.of("incus.stemcell.storagepool", "incus.stemcell.image", "java.home"),
                        Map.of("INCUS_STEMCELL_CLEAN_UP", "never", "INCUS_STEMCELL_DEV_STATE", "/x", "HOME", "/root"),
                        Set.of("incus.stemcell.startup.timeout", "junit.jupiter.execution.parallel.enabled")))
                .containsExactly(
                        "The system property 'incus.stemcell.storagepool' means nothing here. Did you mean"
                                + " 'incus.stemcell.storage-pool'?",
                        "The environment variable 'INCUS_STEMCELL_CLEAN_UP' means nothing here. Did you mean"
                                + " 'INCUS_STEMCELL_CLEANUP'?",
                        "The key of junit-platform.properties 'incus.stemcell.startup.timeout' means nothing here. Did you"
                                + " mean 'incus.stemcell.startup-timeout'?");
    }

    @Test
    void isDocumentedKeyByKey() throws IOException {
        List<String> documented = ROW.matcher(Files.readString(Path.of("../README.md")))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Key.values()).map(Key::property).toList());
    }
}
