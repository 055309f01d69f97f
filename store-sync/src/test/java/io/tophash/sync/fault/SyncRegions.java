package io.tophash.sync.fault;

import io.tophash.core.fault.Region;
import io.tophash.core.format.HeaderLayout;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Finds the parts of a {@code SyncStore}'s file. */
final class SyncRegions {
  private final ByteBuffer file;
  private final int bucketBytes;
  private final List<Region> regions = new ArrayList<>();

  private SyncRegions(byte[] image, boolean isInline) {
    file = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    bucketBytes = isInline ? SegmentLayout.INLINE_BUCKET_BYTES : SegmentLayout.RECORD_BUCKET_BYTES;
  }

  static List<Region> of(byte[] image, boolean isInline) {
    return new SyncRegions(image, isInline).find();
  }

  private void add(String name, long from, long bytes) {
    if (bytes > 0) {
      regions.add(new Region(name, (int) from, (int) (from + bytes)));
    }
  }

  private List<Region> find() {
    int shards = 1 << file.getInt(HeaderLayout.CHUNK_SHIFT);
    add("sealed header", 0, HeaderLayout.SEALED_BYTES);
    add("header words", HeaderLayout.SEALED_BYTES, 24);
    extents();
    add("process table", RegionLayout.PROCESSES, 2 * ProcessLayout.BYTES);
    add("window words", RegionLayout.WINDOWS, 16);
    for (int shard = 0; shard < shards; shard++) {
      int at = RegionLayout.shard(shard);
      add("lock words", at + ShardLayout.LOCK, 8);
      add("directory words", at + ShardLayout.DIRECTORY, 8);
      add("notes", at + ShardLayout.NEW_BLOCK_0, 72);
      add("shards", at, ShardLayout.BYTES);
      directory(file.getLong(at + ShardLayout.DIRECTORY));
    }
    return regions;
  }

  private void extents() {
    int windowBytes = 1 << file.getInt(HeaderLayout.WINDOW_SHIFT);
    for (int window = 0; window * windowBytes < file.limit(); window++) {
      int start = window * windowBytes;
      int count = Math.min(windowBytes, file.limit() - start) / RegionLayout.EXTENT_BYTES;
      add("extent table", start + RegionLayout.tableOffset(window), 4L * count);
      for (int i = 1; i < count; i++) {
        add("extent headers", start + i * RegionLayout.EXTENT_BYTES, ExtentLayout.UNIT_BYTES);
      }
    }
  }

  private void directory(long word) {
    long position = DirectoryWord.position(word);
    long bytes = DirectoryWord.bytes(DirectoryWord.depth(word));
    add("directories", position, bytes);
    for (long entry = position; entry < position + bytes; entry += 8) {
      segment(file.getLong((int) entry));
    }
  }

  private void segment(long word) {
    int block = (int) SegmentWord.position(word);
    int read = SegmentWord.readBuckets(word) * bucketBytes;
    int dirty = file.getInt(block + SegmentLayout.DIRTY_BUCKETS) * bucketBytes;
    int log = file.getInt(block + SegmentLayout.LOG_START);
    int tables = block + SegmentLayout.HEADER_BYTES;
    add("segment headers", block, SegmentLayout.HEADER_BYTES);
    add("read tables", tables, read);
    add("dirty tables", tables + read, dirty);
    if (log != 0) {
      int end =
          Math.min(
              file.getInt(block + SegmentLayout.TAIL), file.getInt(block + SegmentLayout.LOG_END));
      add("records", block + log, end - log);
      for (int at = tables; at < tables + read + dirty; at += bucketBytes) {
        large(block, at);
      }
    }
  }

  /** Blocks of the large records of a bucket. */
  private void large(int block, int bucket) {
    for (int cell = 0; cell < 8; cell++) {
      int slot = file.getInt(bucket + SegmentLayout.RECORD_SLOTS + 4 * cell);
      if (slot != 0 && !SlotWord.isNil(slot)) {
        int record = block + SlotWord.offset(slot);
        int lengths = file.getInt(record + SyncRecordLayout.KEY_LENGTH);
        if (SyncRecordLayout.isLarge(lengths)) {
          int value = file.getInt(record + SyncRecordLayout.VALUE_LENGTH);
          long bytes = SyncRecordLayout.bytes(SyncRecordLayout.keyLength(lengths), value);
          add("stubs", record, SyncRecordLayout.STUB_BYTES);
          add("large records", file.getLong(record + SyncRecordLayout.STUB_POSITION), bytes);
        }
      }
    }
  }
}
