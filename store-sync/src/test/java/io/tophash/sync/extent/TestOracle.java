package io.tophash.sync.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.RegionLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What must be so while nobody works and all is repaired. */
final class TestOracle {
  private TestOracle() {}

  /** The blocks are those that the shards have linked, whole, and nothing is left over. */
  static void check(TestSpace space, ExtentAllocator allocator, List<TestShard> shards) {
    assertEquals(List.of(), allocator.report().problems());
    Map<Long, String> expected = new TreeMap<>();
    for (TestShard shard : shards) {
      shard.checkAll(allocator);
      for (TestShard.Block block : shard.linked) {
        expected.put(block.position(), block.bytes() + " of " + shard.id);
      }
    }
    Map<Long, String> found = new TreeMap<>();
    long[] end = {RegionLayout.EXTENT_BYTES};
    allocator
        .report()
        .forEachBlock(
            (position, bytes, owner) -> {
              assertTrue(position >= end[0], "overlap");
              end[0] = position + bytes;
              found.put(position, bytes + " of " + owner);
            });
    assertEquals(expected, found);
    checkWords(space);
  }

  private static void checkWords(TestSpace space) {
    ExtentTable table = new ExtentTable(space);
    for (int extent = 1; extent < table.extentCount(); extent++) {
      if (table.isFirst(extent) || !table.isOpen(table.window(extent))) {
        continue;
      }
      int word = table.word(extent);
      String text = "extent " + extent + " word 0x" + Integer.toHexString(word);
      assertTrue(!ExtentClaims.isClaim(word), text);
      assertTrue(
          ExtentLayout.kind(word) == ExtentLayout.UNREADY || space.written.get(extent),
          () -> "not in the file, " + text);
      if (ExtentLayout.kind(word) == ExtentLayout.BLOCKS) {
        int units = ExtentLayout.units(word);
        int used = 0;
        for (int i = 0; i < ExtentLayout.blockCount(units); i++) {
          used +=
              space.memory().getLong(ExtentTable.position(extent), ExtentLayout.owner(i)) != 0
                  ? 1
                  : 0;
        }
        if (used < ExtentLayout.blockCount(units)) {
          assertTrue((word & ExtentLayout.MAYBE_ROOM) != 0, "forgotten room, " + text);
        }
      }
    }
  }

  /** Frees all and cuts the file: nothing may remain in use. */
  static void drain(TestSpace space, ExtentAllocator allocator, List<TestShard> shards) {
    shards.forEach(shard -> shard.freeAll(allocator));
    check(space, allocator, shards);
    assertEquals(0, allocator.report().usedBytes());
    long end = allocator.tail().cut();
    int last = (int) (end >> RegionLayout.EXTENT_SHIFT) - 1;
    assertEquals(
        RegionLayout.EXTENT_BYTES,
        end,
        () ->
            "word of the last extent 0x" + Integer.toHexString(new ExtentTable(space).word(last)));
    assertEquals(1, allocator.report().extentCount());
  }
}
