package io.tophash.core.alloc;

import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import java.nio.file.Path;

/** A file that holds nothing but an allocator and its blocks. */
final class AllocatorFixture implements AutoCloseable {
  /** The word of the header that takes the position of the block being allocated. */
  static final int NOTE = HeaderLayout.INTENT;

  private final Path path;
  private final int windowShift;
  private final long maxBytes;
  StoreFile file;
  MappedMemory memory;
  BlockAllocator allocator;

  private AllocatorFixture(long maxBytes, Path path, int windowShift) {
    this.path = path;
    this.windowShift = windowShift;
    this.maxBytes = maxBytes;
  }

  AllocatorFixture(Path path, int windowShift, long maxBytes) {
    this(maxBytes, path, windowShift);
    file = StoreFile.open(path, false, maxBytes);
    memory = file.map(windowShift);
    BlockAllocator.format(file, memory);
    file.publish();
    allocator = new BlockAllocator(file, memory);
  }

  AllocatorFixture(Path path, int windowShift) {
    this(path, windowShift, Long.MAX_VALUE);
  }

  /** The file that another process made. */
  static AllocatorFixture existing(Path path, int windowShift) {
    AllocatorFixture fixture = new AllocatorFixture(Long.MAX_VALUE, path, windowShift);
    fixture.open(false);
    return fixture;
  }

  int reservedPages() {
    return SpanLayout.reservedPages(0, windowShift);
  }

  /** Attaches a new allocator to the same open file: nothing that it needs is on the heap. */
  void reattach() {
    allocator = new BlockAllocator(file, memory);
  }

  /** Closes the file and opens it again, as the next process would. */
  void reopen() {
    file.close();
    open(false);
  }

  void open(boolean readOnly) {
    file = StoreFile.open(path, readOnly, maxBytes);
    memory = file.map(windowShift);
    allocator = new BlockAllocator(file, memory);
  }

  long allocate(long bytes) {
    return allocator.allocate(bytes, NOTE);
  }

  long allocateZeroed(long bytes) {
    return allocator.allocateZeroed(bytes, NOTE);
  }

  @Override
  public void close() {
    file.close();
  }
}
