package io.tophash.sync.attach;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.lifecycle.OpenMark;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Sidecar;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.checkpoint.Checkpoints;
import io.tophash.sync.checkpoint.Level;
import io.tophash.sync.checkpoint.PowerCutRecovery;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.extent.Space;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.ImageLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.process.RowLiveness;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file of a store as this JVM has it open: the lock file, which comes first and goes last, the
 * file, its header, and the mapping. Once it is open, its header is one that this release reads,
 * and what a power cut left is recovered.
 */
final class OpenFile {
  private final Path path;
  private final SyncRequest request;
  private final Sidecar sidecar;
  private boolean isNew;
  private StoreFile file;
  private StoreHeader header;
  private MappedMemory memory;
  private OpenMark mark;

  /** Opens the lock file; {@link #forReading} or {@link #forWriting} follows. */
  OpenFile(Path path, SyncRequest request) {
    this.path = path;
    this.request = request;
    this.sidecar = Sidecar.open(path, request.readOnly);
  }

  /** Opens a file that is there, for who holds the lock of readers. */
  void forReading() {
    file = StoreFile.openShared(path, true, Long.MAX_VALUE);
    readHeader();
    map();
  }

  /** Opens the file, or makes it under another name, for who holds the attach lock. */
  void forWriting() {
    isNew = !Files.exists(path) || path.toFile().length() == 0;
    if (isNew) {
      file = StoreFile.createShared(path, request.maxBytes);
      format();
      return;
    }
    file = StoreFile.openShared(path, false, request.maxBytes);
    readHeader();
    map();
    if (memory.getLong(0, ImageLayout.OF) != 0) {
      memory.putLong(0, ImageLayout.OF, 0); // an image no more: it may change from now on
    }
    if (machineStopped()) {
      new PowerCutRecovery(Space.of(file, memory), path).run(shardCount(), file.length());
    }
  }

  private void format() {
    header = request.newHeader();
    map();
    Space.of(file, memory).ready(0, RegionLayout.EXTENT_BYTES);
    byte[] sealed = header.toBytes();
    memory.putBytes(0, sealed, 0, sealed.length);
    ExtentAllocator.format(memory);
    Level wanted = request.durability;
    // To log changes takes lanes, which are made by whoever raises the level.
    Level level = wanted == null || wanted.logs() ? Level.PROCESS : wanted;
    Checkpoints.format(memory, shardCount(), level);
    if (request.cache != null) {
      memory.putLong(0, CacheLayout.MAX_BYTES, request.cache.maxBytes());
      memory.putLong(0, CacheLayout.MAX_ENTRIES, request.cache.maxEntries());
    }
  }

  private void readHeader() {
    header = StoreHeader.parse(file.readHead(HeaderLayout.BYTES), path);
    request.check(header);
    if (file.length() < RegionLayout.EXTENT_BYTES) {
      throw new CorruptStoreException("file", file.length(), "the file was truncated");
    }
    if (file.readHead(RegionLayout.FIRST_TABLE)[ImageLayout.PENDING] != 0) {
      throw new UnsettledStoreException(
          "the file is a backup that is being brought up to date, or that was ended in the middle"
              + " of it; open it for writing once, or run the backup again, store="
              + path);
    }
  }

  private void map() {
    memory = file.map(header.windowShift);
    mark = new OpenMark(memory);
  }

  /**
   * True if the machine stopped while the store was open. Beside a living writer it did not: that
   * one runs under another boot id, as a container may have its own.
   */
  boolean machineStopped() {
    return mark.mayHaveLostWrites() && !new RowLiveness(memory, sidecar).isAnyAlive();
  }

  /** Gives a new store, whose shards are made by now, its name. */
  void publish() {
    mark.putOpen();
    CrashPoint.reached("create.formatted");
    if (!request.temporary) {
      file.force(0, RegionLayout.EXTENT_BYTES);
    }
    file.publish();
    CrashPoint.reached("create.published");
  }

  /** Says that the store is open, for who is alone with it. */
  void markOpen() {
    boolean wasClean = mark.isClean();
    mark.putOpen();
    if (wasClean) {
      // What follows may reach the device in any order, but after this.
      memory.force(HeaderLayout.BYTES);
    }
  }

  /** Says that all of the store is on the storage device, and that it is closed. */
  void markClosed() {
    // What was stored since the checkpoint: that it is the newest, and where the log goes on.
    file.force(0, RegionLayout.PROCESSES);
    mark.putClosed(true);
    CrashPoint.reached("detach.marked");
    file.force(0, HeaderLayout.BYTES);
  }

  /** Closes file and lock file, as far as they are open. */
  void close() {
    if (file != null) {
      file.close();
    }
    sidecar.release();
  }

  /** True if there was no store under this name. */
  boolean isNew() {
    return isNew;
  }

  /** What was asked for by who opened it. */
  SyncRequest request() {
    return request;
  }

  int shardCount() {
    return 1 << header.shardShift();
  }

  Path path() {
    return path;
  }

  Sidecar sidecar() {
    return sidecar;
  }

  StoreFile file() {
    return file;
  }

  StoreHeader header() {
    return header;
  }

  MappedMemory memory() {
    return memory;
  }

  OpenMark mark() {
    return mark;
  }
}
