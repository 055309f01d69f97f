package io.tophash.sync;

import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.SharedFile;
import io.tophash.sync.extent.Space;

/** The shared file as the allocator sees it. */
final class FileSpace implements Space {
  private final SharedFile file;
  private final MappedMemory memory;

  FileSpace(SharedFile file, MappedMemory memory) {
    this.file = file;
    this.memory = memory;
  }

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
}
