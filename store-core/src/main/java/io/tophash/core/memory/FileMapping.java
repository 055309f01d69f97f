package io.tophash.core.memory;

import io.tophash.core.errors.CorruptStoreException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How much of a file this process has mapped: a window up to the length that the file has at that
 * time, and longer when a position behind that is asked for.
 *
 * <p>Thread-safe.
 */
final class FileMapping {
  /** Collections after which a mapping that is still reachable is held by somebody. */
  private static final int COLLECTIONS = 3;

  private final Path store;
  private final SparseFile file;
  private final FileChannel.MapMode mode;
  private final MappedMemory memory;

  FileMapping(Path store, SparseFile file, boolean readOnly, int windowShift) {
    this.store = store;
    this.file = file;
    this.mode = readOnly ? FileChannel.MapMode.READ_ONLY : FileChannel.MapMode.READ_WRITE;
    this.memory = new MappedMemory(windowShift);
  }

  MappedMemory memory() {
    return memory;
  }

  /**
   * Maps at least the first {@code end} bytes.
   *
   * @throws CorruptStoreException if the file is shorter
   */
  void ensureMapped(long end) {
    if (end <= memory.mappedBytes()) {
      return;
    }
    synchronized (this) {
      long bytes = file.length();
      if (end > bytes) {
        throw new CorruptStoreException(
            "file", end, "the file is shorter than its content says, bytes=" + bytes);
      }
      long windowBytes = memory.windowBytes();
      while (memory.mappedBytes() < end) {
        int index = (int) (memory.mappedBytes() / windowBytes);
        Mappings.check(index, store, windowBytes);
        memory.putWindow(index, mapWindow(index * windowBytes, bytes));
        CrashPoint.reached("file.mapped");
      }
    }
  }

  private MappedByteBuffer mapWindow(long start, long fileBytes) {
    return file.map(mode, start, Math.min(memory.windowBytes(), fileBytes - start));
  }

  /** See {@link StoreFile#cut}. */
  synchronized boolean cut(long end) {
    if (end >= file.length()) {
      return true;
    }
    List<MappedByteBuffer> windows = new ArrayList<>();
    for (long start = 0; start < end; start += memory.windowBytes()) {
      windows.add(mapWindow(start, end));
    }
    if (!awaitCollection(memory.replaceWindows(windows))) {
      return false;
    }
    file.truncate(end);
    return true;
  }

  private static boolean awaitCollection(List<WeakReference<ByteBuffer>> former) {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      if (former.stream().allMatch(window -> window.get() == null)) {
        return true;
      }
    }
    return false;
  }

  /** Each later access fails with an exception. */
  synchronized void clear() {
    memory.clearWindows();
  }
}
