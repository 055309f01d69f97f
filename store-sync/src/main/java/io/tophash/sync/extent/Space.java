package io.tophash.sync.extent;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import java.util.function.LongSupplier;

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

  /** The same, of which nothing from a limit on is ever made usable. */
  static Space limited(Space space, LongSupplier limit) {
    return new Space() {
      @Override
      public MappedMemory memory() {
        return space.memory();
      }

      @Override
      public void ready(long position, long length) {
        if (position + length > limit.getAsLong()) {
          throw new StoreFullException(
              "the cache has reached its bound, maxBytes="
                  + limit.getAsLong()
                  + " needed="
                  + (position + length));
        }
        space.ready(position, length);
      }

      @Override
      public void mapped(long end) {
        space.mapped(end);
      }
    };
  }

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
