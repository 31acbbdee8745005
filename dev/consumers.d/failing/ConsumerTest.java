import static org.junit.jupiter.api.Assertions.fail;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import org.junit.jupiter.api.Test;

/** Fails, so that its output can be looked at. */
@IncusStemcell
class ConsumerTest {

    @Test
    void fails(StemcellContainer stemcell) {
        fail("on purpose");
    }
}
