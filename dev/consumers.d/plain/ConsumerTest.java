import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Without AssertJ, with nothing on the class path but what we bring. */
@IncusStemcell
class ConsumerTest {

    private static final List<String> OURS_ALONE =
            List.of("okhttp3.OkHttpClient", "okio.Okio", "kotlin.Unit", "org.apache.commons.compress.archivers.ArchiveEntry");

    @Test
    void bootsAndBringsNoLibraryThatItKeepsForItself(StemcellContainer stemcell) {
        stemcell.files().writeString("/tmp/greeting", "hello");

        assertEquals("hello", stemcell.exec("cat", "/tmp/greeting").requireSuccess().stdout());
        for (String hidden : OURS_ALONE) {
            assertThrows(ClassNotFoundException.class, () -> Class.forName(hidden), hidden);
        }
    }
}
