package io.tophash.core;

import static io.tophash.core.testing.Stores.fixedText;
import static org.junit.jupiter.api.Assertions.fail;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.StoreException;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.table.TableProbe;
import io.tophash.core.testing.TestHashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** A closed store with known content, of which single bytes are changed. */
final class DamagedFile<K, V> {
  /** A store of longs whose keys are their own hashes. */
  static DamagedFile<Long, Long> longs(Path path) {
    return new DamagedFile<>(path, Codecs.int64(), Codecs.int64(), TestHashes.identity());
  }

  /** A store of records with long chains. */
  static DamagedFile<String, String> records(Path path) {
    return new DamagedFile<>(path, Codecs.utf8(), Codecs.utf8(), TestHashes.truncated(3, 8));
  }

  /** A store of inline values over eight bytes. */
  static DamagedFile<String, String> texts(Path path) {
    return new DamagedFile<>(path, fixedText(12), fixedText(40), TestHashes.standard());
  }

  final Path path;
  private final Codec<K> keys;
  private final Codec<V> values;
  private final KeyHash.Factory hashes;
  private ByteBuffer pristine;
  ByteBuffer bytes;

  private DamagedFile(Path path, Codec<K> keys, Codec<V> values, KeyHash.Factory hashes) {
    this.path = path;
    this.keys = keys;
    this.values = values;
    this.hashes = hashes;
  }

  HashStore<K, V> open(boolean readOnly) {
    return HashStore.builder(keys, values)
        .hashes(hashes)
        .windowBytes(1 << 16)
        .expectedEntries(27)
        .readOnly(readOnly)
        .open(path);
  }

  /** Fills the store and keeps a copy. */
  DamagedFile<K, V> fill(Map<K, V> content) throws IOException {
    Files.deleteIfExists(path);
    try (HashStore<K, V> store = open(false)) {
      store.putAll(content);
    }
    byte[] copy = Files.readAllBytes(path);
    pristine = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    reset();
    return this;
  }

  /** Forgets all damage. */
  void reset() {
    bytes = ByteBuffer.wrap(pristine.array().clone()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes the bytes, damage included, to the file. */
  void write() throws IOException {
    Files.write(path, bytes.array());
  }

  /** Looks at the undamaged store. */
  void probe(java.util.function.Consumer<TableProbe> look) throws IOException {
    Files.write(path, pristine.array());
    try (HashStore<K, V> store = open(true)) {
      look.accept(new TableProbe(store.engine.table));
    }
  }

  /**
   * Verifies the damaged file through a read-only opener.
   *
   * @return the findings, or the message of the exception that refused it
   */
  List<String> verify() throws IOException {
    write();
    List<String> findings = new ArrayList<>();
    try (HashStore<K, V> store = open(true)) {
      store.verify().findings().forEach(finding -> findings.add(finding.toString()));
    } catch (StoreException e) {
      findings.add(e.getMessage());
    }
    return findings;
  }

  /**
   * Does everything with the damaged store. It may refuse with its own exceptions, and answer as if
   * the damaged entries were others; it may not crash, hang, or throw what nobody expects.
   */
  void exercise(Map<K, V> content, String damage) throws IOException {
    write();
    for (boolean readOnly : new boolean[] {true, false}) {
      try {
        HashStore<K, V> store = open(readOnly);
        attempt(damage, store::verify);
        for (Map.Entry<K, V> entry : content.entrySet()) {
          attempt(damage, () -> store.get(entry.getKey()));
        }
        attempt(damage, () -> store.forEach((key, value) -> {}));
        attempt(damage, () -> store.containsValue(content.values().iterator().next()));
        attempt(damage, () -> store.getAll(content.keySet()));
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        K first = content.keySet().iterator().next();
        attempt(damage, () -> store.getInto(first, buffer));
        if (!readOnly) {
          change(store, content, damage);
        }
        attempt(damage, store::close);
        if (!store.isClosed()) {
          fail("it does not close: " + damage);
        }
      } catch (StoreException e) {
        // Refused when it was opened.
      }
    }
  }

  private void change(HashStore<K, V> store, Map<K, V> content, String damage) {
    int n = 0;
    for (Map.Entry<K, V> entry : content.entrySet()) {
      if (n++ % 2 == 0) {
        attempt(damage, () -> store.remove(entry.getKey()));
      } else {
        attempt(damage, () -> store.put(entry.getKey(), entry.getValue()));
      }
    }
    attempt(damage, () -> store.putAll(content));
    attempt(damage, store::compact);
    attempt(damage, store::clear);
    attempt(damage, () -> store.putAll(content));
  }

  private static void attempt(String damage, Runnable call) {
    try {
      call.run();
    } catch (StoreException | NoSuchElementException e) {
      // Refused.
    } catch (Throwable e) {
      throw new AssertionError("damage: " + damage, e);
    }
  }
}
