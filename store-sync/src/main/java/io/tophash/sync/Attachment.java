package io.tophash.sync;

import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codec;
import io.tophash.core.map.Entries;
import io.tophash.core.memory.ForgottenClose;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MemoryMode;
import io.tophash.core.memory.StorePaths;
import io.tophash.sync.attach.Cores;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.attach.SyncRequest;
import io.tophash.sync.checkpoint.Pin;
import io.tophash.sync.entry.InlineTable;
import io.tophash.sync.entry.OpenTable;
import io.tophash.sync.entry.Tables;
import io.tophash.sync.log.ChangeLog;
import io.tophash.sync.log.ChangeReader;
import io.tophash.sync.log.LogFiles;
import io.tophash.sync.shard.Shards;
import io.tophash.sync.shard.StoreVerifier;
import io.tophash.sync.upkeep.Backup;
import io.tophash.sync.upkeep.Compaction;
import io.tophash.sync.upkeep.ImageBackup;
import io.tophash.sync.upkeep.ImageTarget;
import io.tophash.sync.upkeep.Statistics;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One open call on a store: its life, its entries, and what concerns the whole file. Several
 * attachments of one JVM share a {@link SyncCore}; each is closed for itself.
 */
final class Attachment {
  /** Half of what the files of a log can have. */
  private static final long MOST_KEPT_BYTES = 8L << 30;

  private final SyncCore core;
  private final Shards shards;
  private final Tables tables;
  private final OpenTable table;
  private final boolean verifyReads;
  private final Runnable release;
  private final ForgottenClose watch;
  private final AtomicBoolean closed = new AtomicBoolean();
  private Pin shown; // null of all but a snapshot

  private Attachment(
      SyncCore core, Shards shards, Tables tables, boolean verifyReads, Runnable release) {
    this.core = core;
    this.shards = shards;
    this.tables = tables;
    this.table = tables.open();
    this.verifyReads = verifyReads;
    this.release = release;
    // Stores, views and iterators all hold the table; the core does not.
    this.watch = ForgottenClose.watch(table, core.path(), release);
  }

  /** Attaches to a store, and makes it first if it is not there. */
  static Attachment open(SyncRequest request) {
    MemoryMode.current();
    if (!request.readOnly) {
      ImageTarget.finishAny(request.path);
    }
    SyncCore core = Cores.acquire(request);
    boolean verifyReads = request.verifyReads;
    boolean temporary = request.temporary;
    return new Attachment(
        core,
        core.shards(),
        Tables.of(core, request.readOnly, verifyReads),
        verifyReads,
        () -> release(core, temporary));
  }

  /** The store as it is at a moment of this call: an attachment of its own. */
  Attachment snapshot() {
    table.checkWritable();
    if (core.header().isCache()) {
      throw new UnsupportedOperationException(
          "a cache takes no snapshot, as at its bound it has no room for what one keeps; backup"
              + " copies it entry by entry, cache="
              + core.path());
    }
    Pin pin = core.pin();
    boolean isShared = false;
    try {
      Shards then = core.shardsAt(pin);
      Tables tablesThen = Tables.ofSnapshot(core, then, verifyReads);
      Cores.share(core);
      isShared = true;
      Attachment snapshot =
          new Attachment(core, then, tablesThen, verifyReads, () -> release(core, pin));
      snapshot.shown = pin;
      return snapshot;
    } finally {
      if (!isShared) {
        core.checkpoints().unpin(pin);
      }
    }
  }

  private static void release(SyncCore core, Pin pin) {
    try {
      core.checkpoints().unpin(pin);
    } finally {
      Cores.release(core);
    }
  }

  /** Where the changes begin that this does not show, or that are not durable yet. */
  ChangePosition changePosition() {
    table.checkOpen();
    if (shown == null) {
      ChangeReader.Place end = core.changeLog().end();
      checkLogged(end != null);
      return new ChangePosition(core.header().storeId, end);
    }
    checkLogged(shown.logRun() != 0);
    long[] lanes = Arrays.copyOf(shown.cut().lanes(), shards.context().shardCount());
    for (int shard = 0; shard < lanes.length; shard++) {
      // Else other changes could come to stand there after a power cut.
      core.shards().context().log().await(shard, lanes[shard]);
    }
    return new ChangePosition(
        core.header().storeId,
        new ChangeReader.Place(shown.logRun(), shown.cut().logStart(), lanes));
  }

  /** Reads what was changed from a position on. */
  ChangeReader changes(ChangePosition from) {
    table.checkOpen();
    ChangeLog log = core.changeLog();
    checkLogged(log.isLogging());
    from.checkIsOf(core.path(), core.header().storeId, shards.context().shardCount());
    return log.read(from.place());
  }

  private void checkLogged(boolean isLogged) {
    if (!isLogged) {
      throw new IllegalStateException(
          "what is changed is not logged, so it cannot be followed; set the level to EACH_CHANGE"
              + " first, store="
              + core.path()
              + " level="
              + core.level());
    }
  }

  void keepChanges(long bytes) {
    table.checkWritable();
    if (bytes < 0 || bytes > MOST_KEPT_BYTES) {
      throw new IllegalArgumentException(
          "kept are from 0 to " + MOST_KEPT_BYTES + " bytes of the log, bytes=" + bytes);
    }
    core.levels().setKeptLog(bytes);
  }

  /** Shard of a key: of its encoded bytes. */
  int shardOf(byte[] key) {
    table.checkOpen();
    long hash =
        core.inlineSegments() != null
            ? core.keyHash().ofLong(HeapBytes.getLong(Arrays.copyOf(key, 8), 0))
            : core.keyHash().ofBytes(key, key.length);
    return shards.context().shardOf(hash);
  }

  /** The entries by objects. */
  <K, V> Entries<K, V> entries(Codec<K> keys, Codec<V> values) {
    return tables.typed(keys, values);
  }

  /** The entries without boxing; null if they are records. */
  InlineTable longs() {
    return tables.longs();
  }

  /** The store as this JVM has it attached. */
  SyncCore core() {
    return core;
  }

  Path path() {
    table.checkOpen();
    return core.path();
  }

  boolean isReadOnly() {
    return table.isReadOnly();
  }

  boolean isClosed() {
    return closed.get();
  }

  void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    table.close();
    watch.closed();
    release.run();
  }

  private static void release(SyncCore core, boolean temporary) {
    Cores.release(core);
    if (temporary) {
      StorePaths.delete(core.path());
      LogFiles.delete(core.path());
    }
  }

  SyncStats stats() {
    table.checkOpen();
    try {
      return SyncStats.of(new Statistics(core), table.sizeLong());
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  VerifyReport verify() {
    table.checkOpen();
    try {
      return new StoreVerifier(shards).run();
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  void force() {
    table.checkWritable();
    core.checkpoints().force();
  }

  Durability durability() {
    table.checkOpen();
    return Durability.of(core.level());
  }

  void durability(Durability level) {
    table.checkWritable();
    core.levels().set(level.level());
  }

  void compact() {
    table.checkWritable();
    try {
      new Compaction(core, table).run();
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  private void backupSnapshot(Path target) {
    Attachment then = snapshot();
    try {
      new Backup(core, then.shards, then.tables).run(target);
    } finally {
      then.close();
    }
  }

  /** Makes an image of the store, or brings one up to date. */
  BackupReport backup(Path target, long since) {
    table.checkOpen();
    table.checkWritable();
    Pin pin = core.pin();
    boolean isShared = false;
    try {
      Cores.share(core);
      isShared = true;
      ImageBackup backup = new ImageBackup(core, pin);
      backup.run(target, since);
      return new BackupReport(pin.number(), backup.copied());
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    } finally {
      core.checkpoints().unpin(pin);
      if (isShared) {
        Cores.release(core);
      }
    }
  }

  void backup(Path target) {
    table.checkOpen();
    try {
      boolean isCache = core.header().isCache();
      if (table.isReadOnly() || isCache || core.checkpoints().isBroken()) {
        // No snapshot can be taken: each entry is copied as it is when its turn comes.
        new Backup(core, shards, tables).run(target);
      } else {
        backupSnapshot(target);
      }
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }
}
