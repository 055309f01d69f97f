package io.tophash.core.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.dynatrace.hash4j.hashing.ByteAccess;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key has the same hash on the heap and in the file. */
@Tag("fast")
@Tag("contract")
class MappedKeyHashTest {
  private static final ByteAccess<MappedMemory> ACCESS =
      new ByteAccess<>() {
        @Override
        public byte getByte(MappedMemory memory, long position) {
          return memory.getByte(position, 0);
        }

        @Override
        public int getInt(MappedMemory memory, long position) {
          return memory.getInt(position, 0);
        }

        @Override
        public long getLong(MappedMemory memory, long position) {
          return memory.getLong(position, 0);
        }

        @Override
        public void copyToByteArray(
            MappedMemory memory, long position, byte[] target, int offset, int length) {
          memory.getBytes(position, target, offset, length);
        }
      };

  @TempDir Path directory;

  @Test
  void theHashOfMappedBytesIsThatOfHeapBytes() {
    try (StoreFile file = StoreFile.open(directory.resolve("a.tph"), false, 1 << 20)) {
      MappedMemory memory = file.map(16);
      file.ensureLength(1 << 17);
      file.ensureMapped(1 << 17);
      Random random = new Random(3);
      byte[] key = new byte[300];
      for (int length = 0; length <= key.length; length++) {
        random.nextBytes(key);
        KeyHash hash = new KeyHash(random.nextLong());
        // Any alignment, in the first window and at the end of the second.
        for (long position : new long[] {4096 + length % 8, (1 << 17) - length}) {
          memory.putBytes(position, key, 0, length);
          assertEquals(
              hash.ofBytes(key, length),
              hash.ofBytes(memory, position, length, ACCESS),
              "length=" + length + " position=" + position);
        }
      }
    }
  }
}
