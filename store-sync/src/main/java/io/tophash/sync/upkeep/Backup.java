package io.tophash.sync.upkeep;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;
import io.tophash.core.memory.CopyTarget;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.attach.Cores;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.attach.SyncRequest;
import io.tophash.sync.entry.Tables;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.shard.SegmentCursor;
import io.tophash.sync.shard.ShardContext;
import io.tophash.sync.shard.Shards;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Copies a store, entry by entry, into a new one: from a snapshot, in which nothing moves, so
 * nobody waits for it. A read-only process cannot take one; it walks the store as an iterator does.
 *
 * <p>Entries and not blocks, because the copy is then made by the same code as every store, needs
 * no fix of positions, and comes out compact. See docs/decisions/0015 and 0051.
 */
public final class Backup {
  private final SyncCore core;
  private final Tables tables;
  private final Shards shards;
  private final MappedMemory memory;

  /**
   * @param core the attached store
   * @param shards those of a snapshot, or of a read-only attachment
   * @param tables their entries
   */
  public Backup(SyncCore core, Shards shards, Tables tables) {
    this.core = core;
    this.tables = tables;
    this.shards = shards;
    this.memory = core.memory();
  }

  /** Copies the store to a path at which there is nothing yet. */
  public void run(Path target) {
    try (CopyTarget copy = CopyTarget.begin(target)) {
      SyncCore fresh = Cores.acquire(request(copy.path()));
      try {
        copyTags(fresh);
        fill(Tables.of(fresh, false, true).encoded());
        fresh.levels().inherit(memory); // which waits for the device, too
      } finally {
        Cores.release(fresh);
      }
      CrashPoint.reached("backup.closed");
      copy.publish(HeaderLayout.UNCLEAN);
    }
  }

  /**
   * The tag words of a cache. An invalidation from here on may or may not count in the copy; one
   * that was over when the backup began does, and nothing that was stored before is taken for
   * newer.
   */
  private void copyTags(SyncCore to) {
    for (int i = 0; core.caching() != null && i < CacheLayout.TAGS; i++) {
      long word = memory.getLongVolatile(0, CacheLayout.tag(i));
      to.memory().putLong(0, CacheLayout.tag(i), word);
    }
  }

  private SyncRequest request(Path path) {
    StoreHeader header = core.header();
    SyncRequest request =
        new SyncRequest(
            Codecs.encoded(header.keyCodec, header.keyFixedBytes),
            Codecs.encoded(header.valueCodec, header.valueFixedBytes));
    request.windowShift = header.windowShift;
    request.lockTimeoutMs = Math.max(1, shards.context().lockTimeoutNanos() / 1_000_000);
    request.shardShift = header.shardShift();
    request.maxSegmentBytes = shards.context().maxSegmentBytes();
    request.hashes = core.hashes();
    request.cache = core.cacheSettings();
    return request.at(path, false);
  }

  private void fill(Entries<byte[], byte[]> to) {
    if (shards.context().cut() == null) {
      EntryWalk<byte[], byte[]> walk = tables.encoded().newWalk();
      while (walk.advance()) {
        to.set(walk.key(), walk.value());
      }
      return;
    }
    Tables.Sink sink =
        (bytes, keyAt, keyBytes, valueAt, valueBytes) ->
            to.set(
                Arrays.copyOfRange(bytes, keyAt, keyAt + keyBytes),
                Arrays.copyOfRange(bytes, valueAt, valueAt + valueBytes));
    for (int shard = 0; shard < shards.context().shardCount(); shard++) {
      copyShard(shard, sink);
      CrashPoint.reached("backup.shard");
    }
  }

  /** Copies the entries of a shard of the snapshot. */
  private void copyShard(int shard, Tables.Sink sink) {
    ShardContext context = shards.context();
    long directoryWord = context.directoryWord(shard);
    SegmentCursor cursor = SegmentCursor.ofShard(context, shard);
    Gathered g = new Gathered();
    while (!cursor.isOver()) {
      tables.open().checkOpen();
      long word = memory.getLong(context.entry(directoryWord, cursor.hash()), 0);
      g.clear();
      if (!context.kind().gather(word, g)) {
        throw new CorruptStoreException(
            "shard", Shards.position(shard, 0), "a segment makes no sense");
      }
      for (int i = 0; i < g.count(); i++) {
        tables.copy(g, i, sink);
      }
      cursor.pass(context.localDepth(word, DirectoryWord.depth(directoryWord)));
    }
  }
}
