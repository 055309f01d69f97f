package io.tophash.sync.salvage;

import io.tophash.core.format.StoreHeader;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.RawFile;
import io.tophash.core.salvage.Salvage;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.SegmentImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the entries of a damaged {@code SyncStore}: first by the directories, as a lookup goes.
 * Where those or a segment's header are damaged, a part of the hash space is lost, and all blocks
 * of the file that say that they hold a piece of it are read, unless their extent says that they
 * are free: what they hold may be older than the damage.
 */
public final class SyncReader implements Salvage.Reader {
  private final boolean inline;
  private final List<HashRange> lost = new ArrayList<>();
  private final Set<Long> visited = new HashSet<>();
  private Salvage salvage;
  private RawFile file;
  private StoreHeader header;
  private SegmentSalvage segments;
  private int shardShift;

  /** A block that may hold a lost part. */
  private record Candidate(long word, HashRange range, boolean owned) {}

  /**
   * @param inline true if keys and values stand in their cells
   */
  public SyncReader(boolean inline) {
    this.inline = inline;
  }

  /** Finds entries. */
  @Override
  public void read(Salvage from) {
    salvage = from;
    file = from.file();
    header = from.header();
    shardShift = from.isHeaderDamaged() ? countShards() : header.shardShift();
    boolean standard = header.hashName.equals(KeyHash.STANDARD);
    KeyHash hash = standard ? KeyHash.Factory.STANDARD_FACTORY.withSeed(header.storeId) : null;
    segments = new SegmentSalvage(from, inline, hash);
    for (int shard = 0; shard < 1 << shardShift; shard++) {
      shard(shard);
    }
    if (!lost.isEmpty()) {
      List<Candidate> candidates = new ArrayList<>();
      scan(candidates);
      // What somebody owns before what nobody knows the owner of; the newest of each first.
      candidates.sort(
          Comparator.comparing(Candidate::owned)
              .thenComparing(candidate -> SegmentWord.generation(candidate.word))
              .reversed());
      for (Candidate candidate : candidates) {
        segments.read(candidate.word, candidate.range, false);
      }
    }
  }

  private int countShards() {
    int count = 0;
    while (count < 1 << RegionLayout.MAX_SHARD_SHIFT
        && file.getLong(RegionLayout.shard(count) + ShardLayout.DIRECTORY) != 0) {
      count++;
    }
    return 32 - Integer.numberOfLeadingZeros(Math.max(1, count) - 1);
  }

  private HashRange range(int shard, int index, int bits) {
    long first = shardShift == 0 ? 0 : (long) shard << 64 - shardShift;
    int all = shardShift + bits;
    return new HashRange(bits == 0 ? first : first | (long) index << 64 - all, all);
  }

  private void lose(int shard, int index, int bits, String reason) {
    salvage.drop(reason);
    lost.add(range(shard, index, bits));
  }

  private void shard(int shard) {
    long word = file.getLong(RegionLayout.shard(shard) + ShardLayout.DIRECTORY);
    int depth = DirectoryWord.depth(word);
    long position = DirectoryWord.position(word);
    if (depth > DirectoryWord.MAX_DEPTH
        || position < RegionLayout.EXTENT_BYTES
        || !file.has(position, DirectoryWord.bytes(depth))) {
      lose(shard, 0, 0, "directory outside the file");
      return;
    }
    byte[] directory = file.read(position, (int) DirectoryWord.bytes(depth));
    for (int i = 0; i < 1 << depth; ) {
      i += segment(shard, directory, i, depth);
    }
  }

  /** Reads the segment of an entry; returns how many entries are settled with it. */
  private int segment(int shard, byte[] directory, int index, int depth) {
    long word = HeapBytes.getLong(directory, 8 * index);
    long position = SegmentWord.position(word);
    if (position < RegionLayout.EXTENT_BYTES || !file.has(position, SegmentLayout.HEADER_BYTES)) {
      lose(shard, index, depth, "segment outside the file");
      return 1;
    }
    byte[] head = file.read(position, SegmentLayout.HEADER_BYTES);
    int local = SegmentImage.localDepth(head, 0);
    long own = SegmentImage.word(head, 0);
    if (!SegmentImage.isSealed(head, 0, position) || local < 0 || local > depth) {
      lose(shard, index, depth, "segment header checksum");
      return 1;
    }
    HashRange range = range(shard, index >>> depth - local, local);
    long prefix = SegmentImage.prefix(head, 0);
    if (!SegmentWord.isSameBlock(own, word) || !range.contains(prefix)) {
      lose(shard, index, depth, "directory entry damaged");
      return 1;
    }
    if (visited.add(position)) {
      segments.read(word, range, true);
    }
    int next = index + 1;
    while (next < 1 << depth
        && next >>> depth - local == index >>> depth - local
        && SegmentWord.isSameBlock(HeapBytes.getLong(directory, 8 * next), word)) {
      next++;
    }
    return next - index;
  }

  // --- blocks that nothing leads to --------------------------------------------------------------

  private void scan(List<Candidate> candidates) {
    for (long base = RegionLayout.EXTENT_BYTES;
        base < file.length();
        base += RegionLayout.EXTENT_BYTES) {
      int bytes = (int) Math.min(RegionLayout.EXTENT_BYTES, file.length() - base);
      byte[] extent = file.read(base, bytes);
      for (int at = ExtentLayout.UNIT_BYTES;
          at + SegmentLayout.HEADER_BYTES <= bytes;
          at += ExtentLayout.UNIT_BYTES) {
        long position = base + at;
        if (SegmentImage.isSealed(extent, at, position) && !visited.contains(position)) {
          candidate(extent, at, base, candidates);
        }
      }
    }
  }

  private void candidate(byte[] extent, int at, long base, List<Candidate> candidates) {
    int local = SegmentImage.localDepth(extent, at);
    int bits = shardShift + local;
    if (local < 0 || bits > 63) {
      return;
    }
    HashRange range = new HashRange(SegmentImage.prefix(extent, at), bits);
    Boolean owned = isOwned(extent, at, base);
    if (owned != Boolean.FALSE && lost.stream().anyMatch(range::overlaps)) {
      long word = SegmentImage.word(extent, at);
      candidates.add(new Candidate(word, range, owned != null));
    }
  }

  /** Whether somebody owns the block; null if that cannot be known. */
  private Boolean isOwned(byte[] extent, int at, long base) {
    long inWindow = base & (1L << header.windowShift) - 1;
    long window = base - inWindow;
    int table = RegionLayout.tableOffset((int) (window >>> header.windowShift));
    long index = inWindow >>> RegionLayout.EXTENT_SHIFT;
    long word = file.getLong(window + table + (4 * index & -8L));
    int state = (int) (word >>> (index & 1) * 32);
    int kind = ExtentLayout.kind(state);
    if (salvage.isHeaderDamaged() || kind > ExtentLayout.SPARE) {
      return null;
    }
    if (kind == ExtentLayout.RUN) {
      return at == ExtentLayout.UNIT_BYTES;
    }
    if (kind != ExtentLayout.BLOCKS && kind != ExtentLayout.CLOSING) {
      return kind == ExtentLayout.CLAIMED ? null : Boolean.FALSE;
    }
    int units = ExtentLayout.units(state);
    int unit = (at >> ExtentLayout.UNIT_SHIFT) - 1;
    if (units == 0 || unit % units != 0 || unit / units >= ExtentLayout.blockCount(units)) {
      return Boolean.FALSE;
    }
    long owner = HeapBytes.getLong(extent, ExtentLayout.owner(unit / units));
    return OwnerWord.isUsed(owner);
  }
}
