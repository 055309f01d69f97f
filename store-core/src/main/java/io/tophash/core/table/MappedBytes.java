package io.tophash.core.table;

import com.dynatrace.hash4j.hashing.ByteAccess;
import io.tophash.core.memory.MappedMemory;

/** Lets the hash function read keys where they stand in the file. */
final class MappedBytes implements ByteAccess<MappedMemory> {
  static final ByteAccess<MappedMemory> ACCESS = new MappedBytes();

  private MappedBytes() {}

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
}
