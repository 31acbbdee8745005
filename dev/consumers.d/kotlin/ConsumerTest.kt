import io.github.incusstemcell.container.StemcellContainer
import io.github.incusstemcell.junit.IncusStemcell
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

@IncusStemcell
class ConsumerTest {

    @Test
    fun `boots beside another library of Kotlin`(stemcell: StemcellContainer) {
        stemcell.files().writeString("/tmp/greeting", "hello")

        val words = listOf("cat", "/tmp/greeting").map { it.trim() }
        assertEquals("hello", stemcell.exec(*words.toTypedArray()).requireSuccess().stdout())
    }
}
