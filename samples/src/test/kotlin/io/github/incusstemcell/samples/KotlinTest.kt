package io.github.incusstemcell.samples

import io.github.incusstemcell.container.StemcellContainer
import io.github.incusstemcell.junit.IncusStemcell
import io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat
import java.time.Duration.ofSeconds
import org.junit.jupiter.api.Test

/** A test in Kotlin: one import of `assertThat` is enough for stemcells and for everything else. */
@IncusStemcell
class KotlinTest {

    @Test
    fun startsALogger(stemcell: StemcellContainer) {
        val result = stemcell.exec("logger", "hello from Kotlin").requireSuccess()

        assertThat(result.stderr()).isEmpty()
        assertThat(stemcell).within(ofSeconds(10)).journal().contains("hello from Kotlin")
    }
}
