package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoizedMapTest {

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    @Test
    void makesEachKeyOnce() {
        MemoizedMap<String, String> upper = new MemoizedMap<>(this::upper);

        assertThat(List.of(upper.get("a"), upper.get("b"), upper.get("a"))).containsExactly("A", "B", "A");
        assertThat(asked).containsExactly("a", "b");
    }

    @Test
    void holdsUpOnlyThoseWhoWantTheSame() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        MemoizedMap<String, String> upper = new MemoizedMap<>(key -> {
            if (key.equals("slow")) {
                begun.countDown();
                await(goOn);
            }
            return upper(key);
        });
        FutureTask<String> first = inAThread(() -> upper.get("slow"));
        await(begun);
        FutureTask<String> second = inAThread(() -> upper.get("slow"));

        assertThat(upper.get("quick")).isEqualTo("QUICK");
        assertThat(second.isDone()).isFalse();
        goOn.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo("SLOW");
        assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo("SLOW");
        assertThat(asked).containsExactly("quick", "slow");
    }

    @Test
    void makesWhatHasFailedForWhoAsksNext() {
        MemoizedMap<String, String> upper = new MemoizedMap<>(key -> {
            if (asked.isEmpty()) {
                asked.add("failure");
                throw new IllegalStateException("not yet");
            }
            return upper(key);
        });

        assertThatThrownBy(() -> upper.get("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("not yet");
        assertThat(made(upper)).isEmpty();
        assertThat(upper.get("a")).isEqualTo("A");
        assertThat(made(upper)).containsExactly(Map.entry("a", "A"));
    }

    @Test
    void makesAnewWhatIsForgotten() {
        MemoizedMap<String, String> upper = new MemoizedMap<>(this::upper);
        upper.get("a");
        upper.get("b");

        upper.forget("a");

        assertThat(made(upper)).containsOnlyKeys("b");
        assertThat(upper.get("a")).isEqualTo("A");
        assertThat(asked).containsExactly("a", "b", "a");
    }

    private String upper(String key) {
        asked.add(key);
        return key.toUpperCase(java.util.Locale.ROOT);
    }

    private static Map<String, String> made(MemoizedMap<String, String> values) {
        Map<String, String> made = new HashMap<>();
        values.forEach(made::put);
        return made;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FutureTask<String> inAThread(java.util.concurrent.Callable<String> task) {
        FutureTask<String> future = new FutureTask<>(task);
        new Thread(future).start();
        return future;
    }
}
