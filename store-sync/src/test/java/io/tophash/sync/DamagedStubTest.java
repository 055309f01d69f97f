package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.SyncRecordLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stub of a large record says another length than the record itself, so little that both take
 * the same space and the record's own checksum is right.
 */
@Tag("fault")
class DamagedStubTest {
  private static final int VALUE_BYTES = 5_000;

  @TempDir Path directory;

  @Test
  void aWrongLengthIsNeverReadAsAValue() throws IOException {
    Path path = directory.resolve("store");
    SyncStoreBuilder<String, byte[]> builder =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes()).windowBytes(1 << 20);
    try (SyncStore<String, byte[]> store = builder.open(path)) {
      store.set("k", new byte[VALUE_BYTES]);
    }
    byte[] bytes = Files.readAllBytes(path);
    int stubs = 0;
    for (int at = 0; at <= bytes.length - SyncRecordLayout.STUB_BYTES; at += 4) {
      int lengths = HeapBytes.getInt(bytes, at + SyncRecordLayout.KEY_LENGTH);
      int length = HeapBytes.getInt(bytes, at + SyncRecordLayout.VALUE_LENGTH);
      if (SyncRecordLayout.isLarge(lengths)
          && SyncRecordLayout.keyLength(lengths) == 1
          && length == VALUE_BYTES) {
        HeapBytes.putInt(bytes, at + SyncRecordLayout.VALUE_LENGTH, VALUE_BYTES + 1);
        stubs++;
      }
    }
    assertEquals(1, stubs);
    assertEquals(
        SyncRecordLayout.bytes(1, VALUE_BYTES), SyncRecordLayout.bytes(1, VALUE_BYTES + 1));
    Files.write(path, bytes);
    try (SyncStore<String, byte[]> store = builder.open(path)) {
      assertThrows(CorruptStoreException.class, () -> store.get("k"));
      assertThrows(CorruptStoreException.class, () -> store.replace("k", new byte[1]));
      assertThrows(CorruptStoreException.class, () -> store.put("k", new byte[1]));
      assertThrows(CorruptStoreException.class, () -> store.remove("k"));
    }
  }
}
