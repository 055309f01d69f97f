package io.tophash.core.fault;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DescriptorLayout;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SizeClasses;
import io.tophash.core.format.SpanLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Finds the parts of a {@code HashStore}'s file. */
final class HashRegions {
  private final ByteBuffer file;
  private final int windowBytes;
  private final List<Region> regions = new ArrayList<>();

  private HashRegions(byte[] image) {
    file = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    windowBytes = 1 << file.getInt(HeaderLayout.WINDOW_SHIFT);
  }

  static List<Region> of(byte[] image) {
    return new HashRegions(image).find();
  }

  private void add(String name, long from, long to) {
    regions.add(new Region(name, (int) from, (int) to));
  }

  private List<Region> find() {
    add("sealed header", 0, HeaderLayout.SEALED_BYTES);
    add("header words", HeaderLayout.SEALED_BYTES, HeaderLayout.INTENT);
    add("intent and notes", HeaderLayout.INTENT, HeaderLayout.LIMIT_PAGES);
    add("limits and hints", HeaderLayout.LIMIT_PAGES, HeaderLayout.CLASS_COUNTS + 656);
    add("undo", HeaderLayout.UNDO, HeaderLayout.UNDO + 144);
    long descriptor = DescriptorLayout.position(file.getLong(HeaderLayout.SELECTOR));
    array(file.getLong((int) descriptor + DescriptorLayout.BUCKETS));
    array(file.getLong((int) descriptor + DescriptorLayout.OLD_BUCKETS));
    for (int window = 0; (long) window * windowBytes < file.limit(); window++) {
      spans(window);
    }
    return regions;
  }

  private void array(long directory) {
    if (directory == 0) {
      return;
    }
    BucketLayout layout =
        new BucketLayout(
            file.getInt(HeaderLayout.KEY_FIXED_BYTES), file.getInt(HeaderLayout.VALUE_FIXED_BYTES));
    int chunks = file.getInt((int) directory + DirectoryLayout.CHUNK_COUNT);
    int b = file.getInt((int) directory + DirectoryLayout.B);
    int shift = file.getInt(HeaderLayout.CHUNK_SHIFT);
    add("directory", directory, directory + DirectoryLayout.bytes(chunks));
    for (int i = 0; i < chunks; i++) {
      long chunk = file.getLong((int) directory + DirectoryLayout.chunk(i));
      if (chunk != 0) {
        long buckets = DirectoryLayout.bucketsInChunk(b, shift, i);
        add("buckets", chunk, chunk + buckets * layout.bytes());
      }
    }
  }

  private void spans(int window) {
    int start = window * windowBytes;
    int table = start + SpanLayout.tableOffset(window);
    int pages = Math.min(windowBytes, file.limit() - start) >>> SpanLayout.PAGE_SHIFT;
    add("page table", table, table + 4L * pages);
    for (int page = 0; page < pages; page++) {
      int word = file.getInt(table + 4 * page);
      if (!SpanLayout.isHead(word)) {
        continue;
      }
      int sizeClass = SpanLayout.sizeClass(word);
      long at = start + ((long) page << SpanLayout.PAGE_SHIFT);
      long bytes = (long) SpanLayout.count(word) << SpanLayout.PAGE_SHIFT;
      if (sizeClass == SpanLayout.CLASS_LARGE) {
        add("large blocks", at, at + bytes);
      } else if (sizeClass != SpanLayout.CLASS_RESERVED) {
        int bitmap = SizeClasses.bitmapBytes(sizeClass);
        add("bitmaps", at, at + bitmap);
        // Those of records, overflow buckets and chunks.
        add("blocks", at + bitmap, at + bytes);
      }
    }
  }
}
