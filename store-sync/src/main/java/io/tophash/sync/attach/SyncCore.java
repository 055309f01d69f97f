package io.tophash.sync.attach;

import io.tophash.core.format.StoreHeader;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.Hold;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Sidecar;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.checkpoint.CheckpointFigures;
import io.tophash.sync.checkpoint.Checkpointer;
import io.tophash.sync.checkpoint.Checkpoints;
import io.tophash.sync.checkpoint.Level;
import io.tophash.sync.checkpoint.Levels;
import io.tophash.sync.checkpoint.Pin;
import io.tophash.sync.extent.Claimants;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.extent.ExtentReport;
import io.tophash.sync.extent.Quota;
import io.tophash.sync.extent.Space;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.log.ChangeLog;
import io.tophash.sync.log.LogFiles;
import io.tophash.sync.log.SyncLog;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.shard.Bounds;
import io.tophash.sync.shard.Caching;
import io.tophash.sync.shard.ShardContext;
import io.tophash.sync.shard.Shards;
import io.tophash.sync.shard.WholeShards;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * A store as this JVM has it attached: one mapping, one row of the process table. All attachments
 * of the JVM to the same file share it; see {@link Cores}.
 */
public final class SyncCore {
  /** How long to wait for others to finish attaching. */
  static final long ATTACH_TIMEOUT_MS = 30_000;

  private final OpenFile opened;
  private final ProcessTable process; // null, as the next four, if the store is read-only
  private final ExtentAllocator allocator;
  private final Checkpoints checkpoints;
  private final Levels levels;
  private final Checkpointer checkpointer;
  private final ExtentReport report;
  private final KeyHash keyHash;
  private final InlineSegments inlineSegments;
  private final RecordSegments recordSegments;
  private final SyncLog log; // null if the store is read-only
  private final Shards shards;
  private final WholeShards wholeShards;
  private final Caching caching; // null, as the next one, of all but a cache
  private final CacheBounds bounds;

  /**
   * Puts the parts together that work on an open file.
   *
   * @param process this process's row; null if the store was opened read-only
   */
  SyncCore(OpenFile opened, ProcessTable process) {
    SyncRequest request = opened.request();
    this.opened = opened;
    this.process = process;
    StoreFile file = opened.file();
    MappedMemory memory = opened.memory();
    boolean isCache = header().isCache();
    keyHash = hashes().withSeed(header().storeId);
    boolean isInline = SyncRequest.isInline(header());
    inlineSegments = isInline ? new InlineSegments(memory, keyHash) : null;
    recordSegments = isInline ? null : new RecordSegments(memory, keyHash, isCache);
    Space space = Space.of(file, memory);
    if (isCache) {
      LongSupplier most = () -> memory.getLong(0, CacheLayout.MAX_BYTES);
      space = Space.limited(space, most);
      file.limitTail(most);
    }
    caching = isCache ? new Caching(memory, new Bounds(memory), request.cache.nowMs()) : null;
    // A cache makes room by taking entries away.
    Quota quota = isCache ? caching.bounds() : Quota.NONE;
    allocator =
        isReadOnly() ? null : new ExtentAllocator(space, Claimants.of(process), quota, !isCache);
    report = isReadOnly() ? new ExtentReport(space) : allocator.report();
    log =
        isReadOnly()
            ? null
            : new SyncLog(
                memory,
                process,
                opened.path(),
                new LogFiles(opened.path(), header().storeId, request.logFileBytes),
                opened.shardCount(),
                request.lockTimeoutNanos(),
                this::mapAll);
    shards =
        new Shards(
            new ShardContext(
                memory,
                process,
                allocator,
                isInline ? inlineSegments : recordSegments,
                header().shardShift(),
                request.maxSegmentBytes,
                request.lockTimeoutNanos(),
                this::mapAll,
                caching,
                file,
                log,
                null));
    wholeShards = new WholeShards(shards);
    bounds = isCache && !isReadOnly() ? new CacheBounds(memory, caching.bounds(), shards) : null;
    checkpoints = isReadOnly() ? null : new Checkpoints(file, sidecar(), shards);
    levels = isReadOnly() ? null : new Levels(checkpoints, shards.context());
    checkpointer = isReadOnly() ? null : new Checkpointer(checkpoints);
    if (!isReadOnly()) {
      file.lookAlso(process.deserted()::settle);
      shards.relieveBy(this::relieve);
    }
  }

  /** Begins what goes on beside the operations; and the store is as durable as was asked for. */
  void start() {
    checkpointer.start();
    levels.raise(opened.request().durability);
  }

  /** Ends what {@link #start} began, if it did. */
  void stop() {
    if (checkpointer != null) {
      checkpointer.stop();
    }
  }

  /** Closes the files. */
  void close() {
    if (log != null) {
      log.close();
    }
    opened.close();
  }

  /**
   * Refuses a further opener of this JVM that asks for something else than the first.
   *
   * @throws IllegalArgumentException names what differs
   */
  void checkShared(SyncRequest request) {
    request.check(header());
    if (!request.readOnly) { // else none of it concerns him
      request.checkBeside(opened.request());
      levels.raise(request.durability);
    }
  }

  /** The file that it works on. */
  OpenFile opened() {
    return opened;
  }

  /**
   * Runs an action if this process is the only one that has the store open, and keeps it so
   * meanwhile.
   *
   * @return false if it is not alone; nothing was run
   */
  public boolean whileAlone(Runnable action) {
    return Hold.whileAttaching(
        sidecar(),
        ATTACH_TIMEOUT_MS,
        () -> {
          if (!process.isAlone() || !sidecar().tryLockReadersAlone()) {
            return false;
          }
          try {
            action.run();
            return true;
          } finally {
            sidecar().unlockReadersAlone();
          }
        });
  }

  /** What takes the checkpoints that the level asks for; null if attached read-only. */
  public Checkpointer checkpointer() {
    return checkpointer;
  }

  /**
   * Cuts a checkpoint and keeps what it names; see {@link Checkpoints#pin}.
   *
   * @throws UnsupportedOperationException if the store is attached read-only
   */
  public Pin pin() {
    if (isReadOnly()) {
      throw new UnsupportedOperationException(
          "the store was opened read-only, and only who may change it can take a snapshot, store="
              + path());
    }
    return checkpoints.pin();
  }

  /** The shards as they were at a cut, which is pinned: to be read only. */
  public Shards shardsAt(Pin pin) {
    mapAll();
    return new Shards(shards.context().at(pin.cut()));
  }

  /** How durable changes are. Wait-free. */
  public Level level() {
    return CheckpointFigures.of(memory()).level();
  }

  /**
   * Runs an action for which the file was full: with what only an old checkpoint names given back,
   * and with the reserve. One at a time in all processes.
   */
  private void relieve(Runnable again) {
    allocator.putFull(true);
    checkpoints.alone(
        () -> {
          checkpoints.release(below -> report.hasQuarantined(below));
          allocator.useReserve(again);
        });
  }

  /** Maps all that the file has by now: another process may have made it longer. */
  public void mapAll() {
    file().ensureMapped(file().length());
  }

  public boolean isReadOnly() {
    return opened.request().readOnly;
  }

  public Path path() {
    return opened.path();
  }

  public StoreHeader header() {
    return opened.header();
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
    return opened.file();
  }

  public Sidecar sidecar() {
    return opened.sidecar();
  }

  public MappedMemory memory() {
    return opened.memory();
  }

  /** What makes this store a cache, as it stands in its file; null of any other store. */
  public CacheSettings cacheSettings() {
    return caching == null ? null : CacheSettings.of(memory(), caching::nowMs);
  }

  /**
   * Changes the bounds of a cache, one such change at a time over all processes.
   *
   * @return false if they cannot be made so small; they are then what they were
   */
  public boolean resize(long maxBytes, long maxEntries) {
    return Hold.whileAttaching(
        sidecar(), ATTACH_TIMEOUT_MS, () -> bounds.resize(maxBytes, maxEntries));
  }

  /** What a cache has besides; null of any other store. */
  public Caching caching() {
    return caching;
  }

  /** Who takes checkpoints; null if the store is attached read-only. */
  public Checkpoints checkpoints() {
    return checkpoints;
  }

  /** How durable changes are; null if the store is attached read-only. */
  public Levels levels() {
    return levels;
  }

  /** Who divides the bounds of a cache; null of any other store, and if it is read-only. */
  CacheBounds bounds() {
    return bounds;
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
    return report;
  }

  public KeyHash keyHash() {
    return keyHash;
  }

  public KeyHash.Factory hashes() {
    return opened.request().hashes;
  }

  public Shards shards() {
    return shards;
  }

  /** The log as who follows the changes sees it. */
  public ChangeLog changeLog() {
    return new ChangeLog(memory(), path(), header().storeId, opened.shardCount());
  }

  /** The log of changes; null if the store is attached read-only. */
  SyncLog log() {
    return log;
  }

  /** What tables are made of that show these shards: those of the store, or of a snapshot. */
  public TableParts parts(Shards shown) {
    return new TableParts(header(), shown, inlineSegments, recordSegments, keyHash);
  }

  /** The same shards, each as a whole. */
  public WholeShards wholeShards() {
    return wholeShards;
  }
}
