package io.tophash.sync.attach;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.lifecycle.OpenMark;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Sidecar;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.checkpoint.CheckpointFigures;
import io.tophash.sync.checkpoint.Checkpointer;
import io.tophash.sync.checkpoint.Checkpoints;
import io.tophash.sync.checkpoint.Level;
import io.tophash.sync.checkpoint.Pin;
import io.tophash.sync.checkpoint.PowerCutRecovery;
import io.tophash.sync.extent.Claimants;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.extent.ExtentReport;
import io.tophash.sync.extent.Quota;
import io.tophash.sync.extent.Space;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.shard.Bounds;
import io.tophash.sync.shard.Caching;
import io.tophash.sync.shard.ShardContext;
import io.tophash.sync.shard.Shards;
import io.tophash.sync.shard.WholeShards;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A store as this JVM has it attached: one mapping, one row of the process table. All attachments
 * of the JVM to the same file share it; see {@link Cores}.
 */
public final class SyncCore {
  private static final System.Logger LOG = System.getLogger("io.tophash");

  /** How long to wait for others to finish attaching. */
  private static final long ATTACH_TIMEOUT_MS = 30_000;

  private final Path path;
  private final boolean readOnly;
  private final boolean temporary;
  private final long maxBytes;
  private final Sidecar sidecar;
  private StoreFile file;
  private StoreHeader header;
  private MappedMemory memory;
  private OpenMark mark;
  private ProcessTable process;
  private ExtentAllocator allocator;
  private ExtentReport report;
  private KeyHash.Factory hashes;
  private KeyHash keyHash;
  private Shards shards;
  private WholeShards wholeShards;
  private Caching caching;
  private CacheBounds bounds;
  private InlineSegments inlineSegments;
  private RecordSegments recordSegments;
  private Checkpoints checkpoints;
  private Checkpointer checkpointer;

  private SyncCore(Path path, SyncRequest request) {
    this.path = path;
    this.readOnly = request.readOnly;
    this.temporary = request.temporary;
    this.maxBytes = request.maxBytes;
    this.sidecar = Sidecar.open(path, readOnly);
  }

  /**
   * Attaches to the store at a real path; makes it first if it is not there.
   *
   * @param first true if this JVM never had it attached before: so nobody can be inside an access
   *     to a former mapping, and free space at the end of the file can be given back
   */
  public static SyncCore attach(Path path, SyncRequest request, boolean first) {
    SyncCore core = new SyncCore(path, request);
    boolean attached = false;
    try {
      if (request.readOnly) {
        core.attachReadOnly(request);
      } else {
        core.attachForWriting(request, first);
        core.checkpointer.start();
        core.raise(request.durability);
      }
      attached = true;
      return core;
    } catch (IndexOutOfBoundsException e) {
      throw new CorruptStoreException("store", 0, "a reference leads nowhere (" + e + ")");
    } finally {
      if (!attached) {
        core.giveUp();
      }
    }
  }

  private void giveUp() {
    if (checkpointer != null) {
      checkpointer.stop();
    }
    if (process != null) {
      process.leave();
    }
    if (file != null) {
      file.close();
    }
    sidecar.release();
  }

  private void attachReadOnly(SyncRequest request) {
    // From here on nobody cuts the file.
    sidecar.lockReader(ATTACH_TIMEOUT_MS);
    boolean attached = false;
    try {
      file = StoreFile.openShared(path, true, Long.MAX_VALUE);
      readHeader(request);
      map();
      connect(request);
      // Beside a living writer it did not: that one runs under another boot id, as a container may
      // have its own.
      if (mark.mayHaveLostWrites() && !ProcessTable.isAnyAlive(memory, sidecar)) {
        throw new UnsettledStoreException(
            "the machine stopped while the store was open (or it was last written under another"
                + " boot id, as of another container), and a read-only opener may not settle that;"
                + " open the store for writing once, store="
                + path);
      }
      attached = true;
    } finally {
      if (!attached) {
        sidecar.unlockReader();
      }
    }
  }

  private void attachForWriting(SyncRequest request, boolean first) {
    sidecar.lockAttach(ATTACH_TIMEOUT_MS);
    try {
      boolean isNew = isNew();
      file =
          isNew
              ? StoreFile.createShared(path, request.maxBytes)
              : StoreFile.openShared(path, false, request.maxBytes);
      if (isNew) {
        header = request.newHeader();
        map();
        Space.of(file, memory).ready(0, RegionLayout.EXTENT_BYTES);
        byte[] sealed = header.toBytes();
        memory.putBytes(0, sealed, 0, sealed.length);
        ExtentAllocator.format(memory);
        Checkpoints.format(
            memory,
            1 << header.chunkShift,
            request.durability == null ? Level.PROCESS : request.durability);
        if (request.cache != null) {
          memory.putLong(0, CacheLayout.MAX_BYTES, request.cache.maxBytes());
          memory.putLong(0, CacheLayout.MAX_ENTRIES, request.cache.maxEntries());
        }
      } else {
        readHeader(request);
        map();
        // Beside a living writer of another boot id the machine did not stop.
        if (mark.mayHaveLostWrites() && !ProcessTable.isAnyAlive(memory, sidecar)) {
          new PowerCutRecovery(Space.of(file, memory), path)
              .run(1 << header.chunkShift, file.length());
        }
      }
      process = ProcessTable.attach(memory, sidecar);
      connect(request);
      if (isNew) {
        if (bounds != null) {
          bounds.divide();
        }
        wholeShards.format();
        mark.putOpen();
        CrashPoint.reached("create.formatted");
        if (!temporary) {
          file.force(0, RegionLayout.EXTENT_BYTES);
        }
        file.publish();
        CrashPoint.reached("create.published");
      } else {
        join(first);
      }
    } finally {
      sidecar.unlockAttach();
    }
  }

  /**
   * Refuses a further opener of this JVM that asks for something else than the first.
   *
   * @throws IllegalArgumentException names what differs
   */
  void checkShared(SyncRequest request) {
    request.check(header);
    if (request.readOnly) {
      return; // neither concerns who only reads
    }
    if (request.maxBytes != SyncRequest.ANY_LENGTH && request.maxBytes != maxBytes) {
      throw refusal("maxBytes", maxBytes, request.maxBytes);
    }
    long lockTimeoutNanos = shards.context().lockTimeoutNanos();
    if (request.lockTimeoutMs != SyncRequest.ANY_LOCK_TIMEOUT
        && request.lockTimeoutNanos() != lockTimeoutNanos) {
      throw refusal(
          "lockTimeout in ms",
          lockTimeoutNanos / 1_000_000,
          request.lockTimeoutNanos() / 1_000_000);
    }
    raise(request.durability);
  }

  /** Sees to it that the store is at least as durable as an opener wants it. */
  private void raise(Level wanted) {
    if (wanted == null || wanted.equals(checkpoints.level())) {
      return;
    }
    Level present = checkpoints.level();
    if (!wanted.isStrongerThan(present)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the store stays more durable than was asked for; to lower that, call durability() of the"
              + " open store, store={0} present=\"{1}\" requested=\"{2}\"",
          path,
          present,
          wanted);
      return;
    }
    try {
      checkpoints.setLevel(wanted);
    } catch (StoreTimeoutException e) {
      // It holds already, and is durable with the next checkpoint.
      LOG.log(System.Logger.Level.WARNING, e.getMessage());
    }
  }

  private IllegalArgumentException refusal(String what, long present, long requested) {
    return new IllegalArgumentException(
        "the store is already open in this process with another "
            + what
            + ", which holds for all; ask for the same one, or for none, or close the first one,"
            + " store="
            + path
            + " open="
            + present
            + " requested="
            + requested);
  }

  private void map() {
    memory = file.map(header.windowShift);
    mark = new OpenMark(memory);
  }

  private boolean isNew() {
    return !Files.exists(path) || path.toFile().length() == 0;
  }

  private void readHeader(SyncRequest request) {
    header = StoreHeader.parse(file.readHead(HeaderLayout.BYTES), path);
    request.check(header);
    if (file.length() < RegionLayout.EXTENT_BYTES) {
      throw new CorruptStoreException("file", file.length(), "the file was truncated");
    }
  }

  private void connect(SyncRequest request) {
    hashes = request.hashes;
    keyHash = hashes.withSeed(header.storeId);
    if (SyncRequest.isInline(header)) {
      inlineSegments = new InlineSegments(memory, keyHash);
    } else {
      recordSegments = new RecordSegments(memory, keyHash, header.isCache());
    }
    Segments kind = inlineSegments != null ? inlineSegments : recordSegments;
    Space space = Space.of(file, memory);
    if (header.isCache()) {
      LongSupplier most = () -> memory.getLong(0, CacheLayout.MAX_BYTES);
      space = Space.limited(space, most);
      file.limitTail(most);
      caching = new Caching(memory, new Bounds(memory), request.cache.nowMs());
    }
    report = readOnly ? new ExtentReport(space) : null;
    allocator =
        readOnly
            ? null
            : new ExtentAllocator(
                space,
                Claimants.of(process),
                caching == null ? Quota.NONE : caching.bounds(),
                caching == null); // a cache makes room by taking entries away
    ShardContext context =
        new ShardContext(
            memory,
            process,
            allocator,
            kind,
            header.shardShift(),
            request.maxSegmentBytes,
            request.lockTimeoutNanos(),
            this::mapAll,
            caching,
            file,
            null);
    shards = new Shards(context);
    wholeShards = new WholeShards(shards);
    if (caching != null && !readOnly) {
      bounds = new CacheBounds(memory, caching.bounds(), shards);
    }
    if (!readOnly) {
      checkpoints = new Checkpoints(file, sidecar, shards);
      checkpointer = new Checkpointer(checkpoints);
      file.lookAlso(process.deserted()::settle);
      shards.relieveBy(this::relieve);
    }
  }

  private void join(boolean first) {
    process.awaitCertainty();
    boolean lostWrites = process.isAlone() && mark.mayHaveLostWrites();
    if (process.isAlone()) {
      if (lostWrites) {
        wholeShards.format(); // those that the checkpoint has no directory of
        wholeShards.checkDirectories();
      }
      markOpen();
    }
    new KillRecovery(memory, process, shards, allocator).run();
    if (bounds != null && process.isAlone()) {
      if (lostWrites) {
        // What the shards have is that of the checkpoint; what they had counted is of any moment.
        bounds.divide();
        for (int shard = 0; shard < 1 << header.chunkShift; shard++) {
          shards.settleGuard(shard);
        }
      }
      bounds.settle();
    }
    if (first && process.isAlone() && sidecar.tryLockReadersAlone()) {
      try {
        file.truncate(allocator.cutTail());
      } finally {
        sidecar.unlockReadersAlone();
      }
    }
    CrashPoint.reached("attach.settled");
  }

  private void markOpen() {
    boolean wasClean = mark.isClean();
    mark.putOpen();
    if (wasClean) {
      // What follows may reach the device in any order, but after this.
      memory.force(HeaderLayout.BYTES);
    }
  }

  /**
   * Ends the attachment of this JVM. All tables are closed by now, so no operation begins any more;
   * those that run are awaited.
   */
  public void detach() {
    try {
      if (readOnly) {
        sidecar.unlockReader();
      } else {
        checkpointer.stop();
        recoverDeserted();
        shards.end();
        awaitOwnLocks();
        sidecar.lockAttach(ATTACH_TIMEOUT_MS);
        try {
          leave();
        } finally {
          sidecar.unlockAttach();
        }
      }
    } finally {
      file.close();
      sidecar.release();
    }
  }

  private void recoverDeserted() {
    try {
      shards.recoverDeserted();
    } catch (RuntimeException e) {
      // What is owed stays in the file, and the next opener finds it.
    }
  }

  private void leave() {
    RuntimeException unforced = null;
    if (process.isAlone()) {
      try {
        if (!temporary) {
          checkpoints.close();
          mark.putClosed(true);
          CrashPoint.reached("detach.marked");
          file.force(0, HeaderLayout.BYTES);
        }
      } catch (StoreException | UncheckedIOException e) {
        mark.putClosed(false);
        unforced = e;
      }
    }
    process.leave();
    if (unforced != null) {
      throw unforced;
    }
  }

  /**
   * Runs an action if this process is the only one that has the store open, and keeps it so
   * meanwhile.
   *
   * @return false if it is not alone; nothing was run
   */
  public boolean whileAlone(Runnable action) {
    sidecar.lockAttach(ATTACH_TIMEOUT_MS);
    try {
      if (!process.isAlone() || !sidecar.tryLockReadersAlone()) {
        return false;
      }
      try {
        action.run();
        return true;
      } finally {
        sidecar.unlockReadersAlone();
      }
    } finally {
      sidecar.unlockAttach();
    }
  }

  private void awaitOwnLocks() {
    long start = System.nanoTime();
    while (wholeShards.holdsAnyLock()) {
      // A damaged lock word, which nobody will ever clear, must not hang the close.
      if (System.nanoTime() - start > shards.context().lockTimeoutNanos()) {
        throw new StoreTimeoutException(
            "an operation of this process does not end, so the store was closed under it, store="
                + path);
      }
      LockSupport.parkNanos(10_000);
    }
  }

  /**
   * Waits until a checkpoint is durable that was cut after this call.
   *
   * @throws StoreException if the device refuses, now or at an earlier attempt
   */
  public void force() {
    checkpoints.force();
  }

  /** True if the store could not be written back once, so that there are no more checkpoints. */
  public boolean isBroken() {
    return checkpoints.isBroken();
  }

  /**
   * Cuts a checkpoint and keeps what it names; see {@link Checkpoints#pin}.
   *
   * @throws UnsupportedOperationException if the store is attached read-only
   */
  public Pin pin() {
    if (readOnly) {
      throw new UnsupportedOperationException(
          "the store was opened read-only, and only who may change it can take a snapshot, store="
              + path);
    }
    return checkpoints.pin();
  }

  /** Lets go of it. */
  public void unpin(Pin pin) {
    checkpoints.unpin(pin);
  }

  /** The shards as they were at a cut, which is pinned: to be read only. */
  public Shards shardsAt(Pin pin) {
    mapAll();
    return new Shards(shards.context().at(pin.cut()));
  }

  /** How durable changes are. Wait-free. */
  public Level level() {
    return CheckpointFigures.of(memory).level();
  }

  /** See {@link Checkpoints#setLevel}. */
  public void setLevel(Level level) {
    checkpoints.setLevel(level);
  }

  /**
   * Runs an action for which the file was full: with what only an old checkpoint names given back,
   * and with the reserve. One at a time in all processes.
   */
  private void relieve(Runnable again) {
    allocator.putFull(true);
    checkpoints.alone(
        () -> {
          checkpoints.release(below -> report().hasQuarantined(below));
          allocator.useReserve(again);
        });
  }

  /** Maps all that the file has by now: another process may have made it longer. */
  public void mapAll() {
    file.ensureMapped(file.length());
  }

  public boolean isReadOnly() {
    return readOnly;
  }

  public Path path() {
    return path;
  }

  public Path lockPath() {
    return file.lockPath();
  }

  public StoreHeader header() {
    return header;
  }

  /** The segments, if keys and values stand in their cells; else null. */
  public InlineSegments inlineSegments() {
    return inlineSegments;
  }

  /** The segments, if entries are records; else null. */
  public RecordSegments recordSegments() {
    return recordSegments;
  }

  public StoreFile file() {
    return file;
  }

  public Sidecar sidecar() {
    return sidecar;
  }

  public MappedMemory memory() {
    return memory;
  }

  /** What makes this store a cache, as it stands in its file; null of any other store. */
  public CacheSettings cacheSettings() {
    return caching == null
        ? null
        : new CacheSettings(
            memory.getLong(0, CacheLayout.MAX_BYTES),
            memory.getLong(0, CacheLayout.MAX_ENTRIES),
            caching::nowMs);
  }

  /**
   * Changes the bounds of a cache, one such change at a time over all processes.
   *
   * @return false if they cannot be made so small; they are then what they were
   */
  public boolean resize(long maxBytes, long maxEntries) {
    sidecar.lockAttach(ATTACH_TIMEOUT_MS);
    try {
      return bounds.resize(maxBytes, maxEntries);
    } finally {
      sidecar.unlockAttach();
    }
  }

  /** What a cache has besides; null of any other store. */
  public Caching caching() {
    return caching;
  }

  /** This process's row; null if the store is attached read-only. */
  public ProcessTable process() {
    return process;
  }

  /** Allocator of blocks; null if the store is attached read-only. */
  public ExtentAllocator allocator() {
    return allocator;
  }

  public ExtentReport report() {
    return readOnly ? report : allocator.report();
  }

  public KeyHash keyHash() {
    return keyHash;
  }

  public KeyHash.Factory hashes() {
    return hashes;
  }

  public Shards shards() {
    return shards;
  }

  /** The same shards, each as a whole. */
  public WholeShards wholeShards() {
    return wholeShards;
  }
}
