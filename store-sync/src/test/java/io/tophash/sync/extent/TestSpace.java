package io.tophash.sync.extent;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/** A file with a limit, and processes that live or not. Several allocators may share one. */
final class TestSpace implements Space, AutoCloseable {
  private static final byte[] ZEROS = new byte[RegionLayout.EXTENT_BYTES];

  private final StoreFile file;
  private final RandomAccessFile direct;
  private final MappedMemory memory;
  final Set<Integer> dead = new HashSet<>();
  volatile long limit = Long.MAX_VALUE;
  volatile int failAt = -1; // number of ready() calls until one fails
  int readyCalls;
  final BitSet written = new BitSet(); // extents that are in the file, whole
  Runnable duringReady = () -> {};

  TestSpace(Path directory, int windowShift) {
    file = StoreFile.open(directory.resolve("space.tph"), false, Long.MAX_VALUE);
    file.publish();
    memory = file.map(windowShift);
    file.ensureLength(RegionLayout.EXTENT_BYTES);
    file.ensureMapped(RegionLayout.EXTENT_BYTES);
    try {
      direct = new RandomAccessFile(file.path().toFile(), "rw");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ExtentAllocator.format(memory);
  }

  /** Back to an empty file. */
  void reset() {
    limit = Long.MAX_VALUE;
    failAt = -1;
    readyCalls = 0;
    written.clear();
    duringReady = () -> {};
    dead.clear();
    for (long at = 0; at < file.length(); at += ZEROS.length) {
      write(at, ZEROS.length);
    }
    // As a process that was killed in this window may have left it: nothing may rely on zeros.
    for (long at = RegionLayout.EXTENT_BYTES; at < file.length(); at += 1024) {
      memory.putLong(at, 0, 0x0101_0101_0101_0101L);
      memory.putLong(at, 512, 0x0101_0101_0101_0101L);
    }
    ExtentAllocator.format(memory);
  }

  private void write(long position, int length) {
    try {
      direct.seek(position);
      direct.write(ZEROS, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public MappedMemory memory() {
    return memory;
  }

  @Override
  public synchronized void ready(long position, long length) {
    duringReady.run();
    if (position + length > limit || readyCalls++ == failAt) {
      throw new StoreFullException("full");
    }
    mapped(position + length);
    write(position, (int) length / 2);
    duringReady.run();
    write(position, (int) length);
    written.set((int) (position >>> RegionLayout.EXTENT_SHIFT));
    duringReady.run();
  }

  @Override
  public synchronized void mapped(long end) {
    file.ensureLength(end);
    file.ensureMapped(end);
  }

  /** The allocator of a process. */
  ExtentAllocator process(int slot) {
    Claimants claimants =
        new Claimants() {
          @Override
          public int slot() {
            return slot;
          }

          @Override
          public long incarnation() {
            return 0;
          }

          @Override
          public boolean isAlive(int slot, long incarnation) {
            return !dead.contains(slot);
          }
        };
    return new ExtentAllocator(this, claimants, Quota.NONE, false);
  }

  @Override
  public void close() {
    try {
      direct.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    file.close();
  }
}
