package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Effort;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two or three short actions that meet, again and again, with all outcomes that must not be. The
 * values of 16 and of 100 bytes stand in one segment with others, those of 4 KiB side by side with
 * large ones; the segments are tiny, so that they are often rebuilt in the middle of a meeting.
 */
@Tag("fast")
@Tag("race")
class RaceTest {
  private static final int MEETINGS = Effort.of(1_000, 6_000, 200_000);

  private SyncStore<String, byte[]> store;
  private LongSyncStore longs;

  @BeforeEach
  void open() {
    store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .shards(1)
            .windowBytes(4 << 20)
            .maxSegmentBytes(3_000)
            .openTemporary();
    longs =
        SyncStore.longs()
            .missingValue(-1)
            .shards(1)
            .windowBytes(1 << 20)
            .maxSegmentBytes(1_000)
            .openTemporary();
  }

  @AfterEach
  void close() {
    store.close();
    longs.close();
  }

  private interface Action {
    void run(int meeting);
  }

  /** Runs the actions at once, then the check alone; all of that again and again. */
  private static void meet(Action check, Action... actions) throws InterruptedException {
    Phaser phaser = new Phaser(actions.length);
    Parallel parallel = new Parallel(1);
    for (int a = 0; a < actions.length; a++) {
      int index = a;
      parallel.worker(
          MEETINGS,
          (random, meeting) -> {
            boolean done = false;
            try {
              phaser.arriveAndAwaitAdvance();
              actions[index].run(meeting);
              phaser.arriveAndAwaitAdvance();
              if (index == 0) {
                check.run(meeting);
              }
              done = true;
            } finally {
              if (!done) {
                phaser.forceTermination();
              }
            }
          });
    }
    parallel.run();
  }

  private byte[] value(String key, long number, int bytes) {
    return Described.value(key, number, bytes);
  }

  /** Makes work for the segments: values that come and go beside the key in question. */
  private void churn(int meeting, int bytes) {
    String key = "other-" + meeting % 37;
    if (meeting % 3 == 0) {
      store.delete(key);
    } else {
      store.set(key, value(key, meeting, bytes));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 100, 4_000, 4_096, 9_000})
  void aReaderBesideTwoWritersSeesAWholeValue(int bytes) throws Exception {
    store.set("key", value("key", 0, bytes));
    meet(
        meeting -> assertNotNull(store.get("key")),
        meeting -> {
          store.set("key", value("key", 2L * meeting, bytes));
          churn(meeting, bytes);
        },
        meeting -> store.set("key", value("key", 2L * meeting + 1, bytes)),
        meeting -> {
          for (int i = 0; i < 4; i++) {
            long number = Described.check("key", store.get("key"));
            assertTrue(number >= 2L * meeting - 2 && number <= 2L * meeting + 1, "an old value");
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 100, 4_096, 9_000})
  void ofTwoUpdatesNoneIsLost(int bytes) throws Exception {
    Action merge =
        meeting ->
            store.merge(
                "key-" + meeting % 5,
                value("key-" + meeting % 5, 1, bytes),
                (a, b) ->
                    value(
                        "key-" + meeting % 5, Described.check("key-" + meeting % 5, a) + 1, bytes));
    meet(
        meeting -> {
          String key = "key-" + meeting % 5;
          assertEquals(2, Described.check(key, store.remove(key)));
        },
        merge,
        merge,
        meeting -> churn(meeting, bytes));
  }

  @Test
  void ofTwoAdditionsNoneIsLost() throws Exception {
    Action add = meeting -> longs.addAndGet(meeting, 1);
    meet(
        meeting -> assertEquals(2, longs.remove(meeting)),
        add,
        add,
        meeting -> longs.put(-1 - meeting % 100, meeting));
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 100, 4_096, 9_000})
  void besidePutRemovePutAReaderSeesOneOfTheValuesOrNone(int bytes) throws Exception {
    meet(
        meeting -> assertEquals(2L * meeting + 1, Described.check("key", store.get("key"))),
        meeting -> {
          store.put("key", value("key", 2L * meeting, bytes));
          store.remove("key");
          assertNull(store.put("key", value("key", 2L * meeting + 1, bytes)));
        },
        meeting -> {
          for (int i = 0; i < 4; i++) {
            byte[] seen = store.get("key");
            if (seen != null) {
              long number = Described.check("key", seen);
              assertTrue(number >= 2L * meeting - 1 && number <= 2L * meeting + 1, "an old value");
            }
          }
          churn(meeting, bytes);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 100, 4_096, 9_000})
  void ofTwoComparisonsOnARecycledRecordJustOneSucceeds(int bytes) throws Exception {
    AtomicInteger won = new AtomicInteger();
    AtomicReference<byte[]> present = new AtomicReference<>(value("key", -1, bytes));
    store.set("key", present.get());
    Action[] swaps = new Action[2];
    for (int a = 0; a < 2; a++) {
      int actor = a;
      swaps[a] =
          meeting -> {
            byte[] next = value("key", 2L * meeting + actor, bytes);
            if (store.replace("key", present.get(), next)) {
              won.addAndGet(1 + actor);
            }
            churn(meeting + actor, bytes);
          };
    }
    meet(
        meeting -> {
          int winner = won.getAndSet(0) - 1;
          assertTrue(winner == 0 || winner == 1, "both or none have succeeded");
          byte[] now = store.remove("key");
          assertEquals(2L * meeting + winner, Described.check("key", now));
          // The same bytes as before come back in a record of their own.
          store.set("key", now);
          present.set(now);
        },
        swaps[0],
        swaps[1]);
  }
}
