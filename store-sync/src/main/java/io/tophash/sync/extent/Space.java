package io.tophash.sync.extent;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;

/** The file as the allocator sees it. Any thread may call any method. */
public interface Space {
  /** The mapped file. */
  MappedMemory memory();

  /**
   * Makes a piece of the file usable: written with zeros and mapped.
   *
   * @throws StoreFullException if there is no room for it; it may be partly written
   */
  void ready(long position, long length);

  /**
   * Maps at least the first {@code end} bytes of the file.
   *
   * @throws CorruptStoreException if the file is shorter
   */
  void mapped(long end);

  /** A shared file. */
  static Space of(StoreFile file, MappedMemory memory) {
    return new Space() {
      @Override
      public MappedMemory memory() {
        return memory;
      }

      @Override
      public void ready(long position, long length) {
        file.ensureLength(position + length);
        file.writeZeros(position, length);
        file.ensureMapped(position + length);
      }

      @Override
      public void mapped(long end) {
        file.ensureMapped(end);
      }
    };
  }
}
