package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.SegmentImage;
import io.tophash.sync.segment.Segments;
import java.util.HashSet;
import java.util.Set;

/** Checks the invariants of a shard, its directory and its segments. */
public final class ShardVerifier {
  /** Tries of a read that others disturb. */
  private static final int MAX_TRIES = 1000;

  /** Receives what is wrong. */
  public interface Report {
    /** A broken invariant. */
    void finding(String section, long position, String problem);
  }

  private final ShardContext context;
  private final MappedMemory memory;
  private final Segments kind;
  private final Directory directory;
  private final Report report;
  private final Gathered g = new Gathered();

  /**
   * @param context of the attached store
   * @param report receives what is wrong
   */
  public ShardVerifier(ShardContext context, Report report) {
    this.context = context;
    this.memory = context.memory();
    this.kind = context.kind();
    this.directory = new Directory(context);
    this.report = report;
  }

  /**
   * Checks a frozen shard, its number of entries, and that it owns just the blocks that it uses.
   *
   * @return number of entries
   */
  public long check(int shard) {
    Set<Long> blocks = new HashSet<>();
    long entries = checkSegments(shard, blocks);
    long counted = memory.getLong(0, at(shard, ShardLayout.COUNT));
    if (entries >= 0 && counted != entries) {
      report.finding(
          "shard",
          at(shard, ShardLayout.COUNT),
          "the shard counts " + counted + " entries and has " + entries);
    }
    checkNotes(shard);
    if (entries >= 0) {
      checkBlocks(shard, blocks);
    }
    return Math.max(0, entries);
  }

  private long checkSegments(int shard, Set<Long> blocks) {
    long directoryWord = context.directoryWord(shard);
    int depth = DirectoryWord.depth(directoryWord);
    long position = DirectoryWord.position(directoryWord);
    if (depth > DirectoryWord.MAX_DEPTH
        || kind.leavesMapping(position, DirectoryWord.bytes(depth))) {
      report.finding("shard", at(shard, ShardLayout.DIRECTORY), "the directory leads outside");
      return -1;
    }
    blocks.add(position);
    long entries = 0;
    int index = 0;
    while (index < 1 << depth) {
      long word = directory.segmentWord(directoryWord, index);
      int aliases = checkSegment(shard, directoryWord, index, word);
      if (aliases == 0) {
        return -1;
      }
      blocks.add(SegmentWord.position(word));
      for (int i = 0; i < g.count(); i++) {
        long large = kind.largeBlock(g, i);
        if (large != 0 && !blocks.add(large)) {
          report.finding("record", large, "two entries refer to the same block");
        }
      }
      entries += g.count();
      index += aliases;
    }
    return entries;
  }

  /** Checks a segment and leaves its entries gathered; returns its number of aliases, 0 if bad. */
  private int checkSegment(int shard, long directoryWord, int index, long word) {
    long block = SegmentWord.position(word);
    int depth = DirectoryWord.depth(directoryWord);
    if (kind.leavesMapping(block, SegmentLayout.HEADER_BYTES)) {
      report.finding("directory", Directory.entry(directoryWord, index), "an entry leads outside");
      return 0;
    }
    byte[] header = new byte[SegmentLayout.HEADER_BYTES];
    memory.getBytes(block, header, 0, header.length);
    if (!SegmentImage.isSealed(header, 0)) {
      report.finding("segment", block, "the checksum of the header does not match");
      return 0;
    }
    if (!SegmentWord.isSameBlock(SegmentImage.word(header, 0), word)) {
      report.finding("segment", block, "the header names another segment word");
      return 0;
    }
    if (!kind.sealed().matches(word)) {
      report.finding("segment", block, "the sum of the tables does not match");
      return 0;
    }
    int local = SegmentImage.localDepth(header, 0);
    if (local > depth || DirectoryWord.firstAlias(index, depth, local) != index) {
      report.finding("segment", block, "its local depth does not fit the directory");
      return 0;
    }
    int aliases = DirectoryWord.aliases(depth, local);
    for (int i = 1; i < aliases; i++) {
      if (directory.segmentWord(directoryWord, index + i) != word) {
        report.finding("directory", Directory.entry(directoryWord, index + i), "an alias differs");
      }
    }
    g.clear();
    if (!kind.gather(word, g)) {
      report.finding("segment", block, "the block makes no sense");
      return 0;
    }
    checkEntries(shard, directoryWord, index, aliases, word);
    return aliases;
  }

  private void checkEntries(int shard, long directoryWord, int index, int aliases, long word) {
    long block = SegmentWord.position(word);
    Set<Long> cells = new HashSet<>();
    for (int i = 0; i < g.count(); i++) {
      long hash = g.hash(i);
      int at = directory.indexOf(directoryWord, hash);
      if (context.shardOf(hash) != shard || at < index || at >= index + aliases) {
        report.finding("segment", block, "an entry's hash belongs to another segment");
      }
      String problem = kind.checkEntry(word, g, i, cells);
      if (problem != null) {
        report.finding("segment", block, problem);
      }
    }
  }

  private void checkNotes(int shard) {
    for (int note = ShardLayout.NEW_BLOCK_0; note <= ShardLayout.CLEARING; note += 8) {
      if (context.note(shard, note) != 0) {
        report.finding("shard", at(shard, note), "a note was left behind");
      }
    }
  }

  private void checkBlocks(int shard, Set<Long> used) {
    Set<Long> owned = new HashSet<>();
    context
        .allocator()
        .report()
        .forEachBlock(
            (position, bytes, owner) -> {
              if (owner == shard) {
                owned.add(position);
              }
            });
    for (long block : used) {
      if (!owned.remove(block)) {
        report.finding("block", block, "a block is in use that the shard does not own");
      }
    }
    for (long block : owned) {
      report.finding("block", block, "a block of the shard is not in use");
    }
  }

  /**
   * Checks the segments of a shard that cannot be frozen, each by a read that is repeated until
   * nobody disturbs it.
   *
   * @return number of entries
   */
  public long checkOptimistically(int shard) {
    long entries = 0;
    SegmentCursor cursor = SegmentCursor.ofShard(context, shard);
    while (!cursor.isOver()) {
      int local = checkUndisturbed(new SegmentRead(context, cursor.hash()));
      if (local < 0) {
        return entries;
      }
      entries += g.count();
      cursor.pass(local);
    }
    return entries;
  }

  /** Checks a segment and leaves it gathered; its local depth, -1 if it is bad. */
  private int checkUndisturbed(SegmentRead read) {
    for (int i = 0; i < MAX_TRIES; i++) {
      boolean sane;
      try {
        g.clear();
        sane = read.begin() && kind.gather(read.word(), g);
        if (sane) {
          int local = memory.getInt(SegmentWord.position(read.word()), SegmentLayout.LOCAL_DEPTH);
          sane = local >= 0 && local <= DirectoryWord.depth(read.directoryWord());
          if (sane && read.isCurrent()) {
            return local;
          }
        }
      } catch (IndexOutOfBoundsException e) {
        sane = false;
      }
      try {
        read.again(sane);
      } catch (CorruptStoreException e) {
        report.finding("segment", SegmentWord.position(read.word()), "the block makes no sense");
        return -1;
      }
    }
    report.finding("shard", at(read.shard(), 0), "a segment was changed too often to be looked at");
    return -1;
  }
}
