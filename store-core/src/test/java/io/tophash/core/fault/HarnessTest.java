package io.tophash.core.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.CrashStores;
import io.tophash.core.HashStore;
import io.tophash.core.codec.Codecs;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness finds what it is there to find: each of these stores is broken on purpose. */
@Tag("fault")
@Tag("full")
class HarnessTest {
  @TempDir Path directory;

  private Tally run(
      Class<? extends Supplier<List<Subject<?, ?>>>> subjects, int cases, Duration patience) {
    return new FaultRun(subjects, directory, patience).random(42, cases);
  }

  private void assertFinds(String what, Class<? extends Supplier<List<Subject<?, ?>>>> subjects) {
    Tally tally = run(subjects, 4, Duration.ofSeconds(20));
    assertTrue(
        tally.findings().stream().anyMatch(finding -> finding.contains(what)),
        () -> "not found: " + what + "\n" + tally + "\n" + tally.findings());
  }

  @Test
  void aWrongRecordIsFound() {
    assertFinds("never had this value", Wrong.class);
  }

  @Test
  void anExceptionThatIsNoStoreExceptionIsFound() {
    assertFinds("IndexOutOfBoundsException", Throwing.class);
  }

  @Test
  void theDeathOfTheJvmIsFound() {
    assertFinds("the JVM died", Dying.class);
  }

  @Test
  void aHangIsFoundAndTheOtherFilesAreTried() {
    Tally tally = run(Hanging.class, 4, Duration.ofSeconds(2));
    List<String> findings = tally.findings();
    assertTrue(findings.get(0).startsWith("hang after"), findings.get(0));
    assertEquals(4, tally.cases() + findings.size());
  }

  @Test
  void withoutChecksumsOnReadWrongRecordsAreRead() {
    Tally tally = run(Unverified.class, 150, Duration.ofSeconds(20));
    assertTrue(tally.count("FINDING") > 0, tally::toString);
    for (String finding : tally.findings()) {
      assertTrue(finding.contains("never"), finding);
    }
  }

  /** A store whose map is not the right one. */
  private static class Broken implements Supplier<List<Subject<?, ?>>> {
    private final boolean verifyReads;
    private final UnaryOperator<Map<String, ByteBuffer>> damage;

    Broken(boolean verifyReads, UnaryOperator<Map<String, ByteBuffer>> damage) {
      this.verifyReads = verifyReads;
      this.damage = damage;
    }

    @Override
    public List<Subject<?, ?>> get() {
      return List.of(
          new Content<String, ByteBuffer>(
              "broken",
              true,
              118,
              Codecs.utf8(),
              Codecs.byteBuffer(),
              i -> "key" + i,
              (i, version) -> Content.bytes(i, version, 20_000),
              List.of()) {
            @Override
            public List<Region> regions(byte[] image) {
              return HashRegions.of(image);
            }

            @Override
            public Opened<String, ByteBuffer> open(Path path, boolean readOnly) {
              HashStore<String, ByteBuffer> store =
                  CrashStores.builder(keyCodec, valueCodec, CrashStores.hash(-1))
                      .windowBytes(1 << 17)
                      .maxBytes(4 << 20)
                      .verifyReads(verifyReads)
                      .readOnly(readOnly)
                      .open(path);
              return new OpenStore<>(damage.apply(store), store, store::getAll, store::getInto);
            }
          });
    }
  }

  /** A map with another {@code get}. */
  private static UnaryOperator<Map<String, ByteBuffer>> instead(Supplier<ByteBuffer> answer) {
    return store ->
        new AbstractMap<>() {
          @Override
          public ByteBuffer get(Object key) {
            return answer.get();
          }

          @Override
          public ByteBuffer put(String key, ByteBuffer value) {
            return store.put(key, value);
          }

          @Override
          public ByteBuffer remove(Object key) {
            return store.remove(key);
          }

          @Override
          public Set<Entry<String, ByteBuffer>> entrySet() {
            return store.entrySet();
          }
        };
  }

  /** Answers with the value of another key. */
  static final class Wrong extends Broken {
    public Wrong() {
      super(true, instead(() -> Content.bytes(1000, 0, 0)));
    }
  }

  /** Lets an exception through. */
  static final class Throwing extends Broken {
    public Throwing() {
      super(
          true,
          instead(
              () -> {
                throw new IndexOutOfBoundsException("on purpose");
              }));
    }
  }

  /** Takes the JVM with it. */
  static final class Dying extends Broken {
    public Dying() {
      super(
          true,
          instead(
              () -> {
                Runtime.getRuntime().halt(134);
                return null;
              }));
    }
  }

  /** Does not come back. */
  static final class Hanging extends Broken {
    public Hanging() {
      super(
          true,
          instead(
              () -> {
                while (true) {
                  Thread.onSpinWait();
                }
              }));
    }
  }

  /** Compares no checksums. */
  static final class Unverified extends Broken {
    public Unverified() {
      super(false, store -> store);
    }
  }
}
