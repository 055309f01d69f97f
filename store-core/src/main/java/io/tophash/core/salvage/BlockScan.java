package io.tophash.core.salvage;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DescriptorLayout;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.SizeClasses;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.RawFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Looks for buckets in all allocated blocks that nothing has led to. A bucket is believed if each
 * of its entries is one by the hash of its key. What it holds may have been changed or deleted
 * since, as the bucket may be that of an array that was given up.
 */
final class BlockScan {
  private final Salvage salvage;
  private final RawFile file;
  private final HashReader reader;
  private final BucketLayout layout;
  private final Set<Long> visited;
  private final List<KeyHash> hashes = new ArrayList<>();

  BlockScan(Salvage salvage, HashReader reader, Set<Long> visited) {
    this.salvage = salvage;
    this.file = salvage.file();
    this.reader = reader;
    this.layout = reader.layout();
    this.visited = visited;
  }

  void run() {
    for (int selector = 0; selector < 2; selector++) {
      KeyHash hash = reader.hash(DescriptorLayout.position(selector));
      if (hash == null) {
        return; // nothing would tell a bucket from other bytes
      }
      hashes.add(hash);
    }
    int shift = salvage.header().windowShift;
    for (int window = 0; (long) window << shift < file.length(); window++) {
      window(window, shift);
    }
  }

  private void window(int window, int shift) {
    long start = (long) window << shift;
    int pages = 1 << shift - SpanLayout.PAGE_SHIFT;
    long table = start + SpanLayout.tableOffset(window);
    if (!file.has(table, 4L * pages)) {
      return;
    }
    byte[] words = file.read(table, 4 * pages);
    for (int page = 0; page < pages; ) {
      int word = HeapBytes.getInt(words, 4 * page);
      long span = start + ((long) page << SpanLayout.PAGE_SHIFT);
      int count = SpanLayout.count(word);
      if (!SpanLayout.isHead(word) || count == 0 || count > pages - page) {
        page++;
        continue;
      }
      int sizeClass = SpanLayout.sizeClass(word);
      if (sizeClass == SpanLayout.CLASS_LARGE) {
        block(span, (long) count << SpanLayout.PAGE_SHIFT);
      } else if (sizeClass < SizeClasses.count()) {
        span(span, sizeClass);
      }
      page += count;
    }
  }

  private void span(long span, int sizeClass) {
    int bytes = SizeClasses.blockBytes(sizeClass);
    int bitmap = SizeClasses.bitmapBytes(sizeClass);
    if (bytes < layout.bytes() || !file.has(span, bitmap)) {
      return;
    }
    byte[] bits = file.read(span, bitmap);
    for (int i = 0; i < SizeClasses.blockCount(sizeClass); i++) {
      if ((bits[i >>> 3] >>> (i & 7) & 1) != 0) {
        block(span + bitmap + (long) i * bytes, bytes);
      }
    }
  }

  private void block(long position, long bytes) {
    long most = (long) layout.bytes() << reader.chunkShift();
    int length = (int) Math.min(bytes, most);
    if (visited.contains(position) || !file.has(position, length)) {
      return;
    }
    byte[] block = file.read(position, length);
    if (isDirectory(block)) {
      return;
    }
    for (int at = 0; at + layout.bytes() <= length; at += layout.bytes()) {
      bucket(block, at);
    }
  }

  private boolean isDirectory(byte[] block) {
    int b = HeapBytes.getInt(block, DirectoryLayout.B);
    return b >= 0
        && b < 40
        && HeapBytes.getInt(block, DirectoryLayout.CHUNK_COUNT)
            == DirectoryLayout.chunkCount(b, reader.chunkShift())
        && HeapBytes.getLong(block, DirectoryLayout.RESERVED) == 0;
  }

  private void bucket(byte[] block, int at) {
    for (KeyHash hash : hashes) {
      if (bucket(block, at, hash)) {
        return;
      }
    }
  }

  private boolean bucket(byte[] block, int at, KeyHash hash) {
    List<byte[]> found = new ArrayList<>();
    for (int cell = 0; cell < BucketLayout.CELLS; cell++) {
      if (HashReader.isOccupied(block, at, cell)) {
        byte[] key = reader.key(block, at, cell, hash);
        byte[] value =
            key == null || Tophash.of(reader.hashOf(hash, key)) != (block[at + cell] & 0xFF)
                ? null
                : reader.value(block, at, cell, hash, key);
        if (value == null) {
          return false;
        }
        found.add(key);
        found.add(value);
      }
    }
    for (int i = 0; i < found.size(); i += 2) {
      salvage.offerUnlinked(found.get(i), found.get(i + 1), reader.whyUnchecked(hash));
    }
    return !found.isEmpty();
  }
}
