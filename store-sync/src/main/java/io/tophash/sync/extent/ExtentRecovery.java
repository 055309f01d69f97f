package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.BLOCKS;
import static io.tophash.sync.format.ExtentLayout.MAYBE_ROOM;
import static io.tophash.sync.format.ExtentLayout.RESERVED;
import static io.tophash.sync.format.ExtentLayout.RUN;
import static io.tophash.sync.format.ExtentLayout.RUN_INNER;
import static io.tophash.sync.format.ExtentLayout.UNREADY;
import static io.tophash.sync.format.RegionLayout.EXTENT_BYTES;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.format.RegionLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes the extent tables anew from the marks and owner words of the extents, as they were at a
 * checkpoint: docs/durability.md, "Open". For the only user of the file.
 */
public final class ExtentRecovery {
  /** Extents that one thread looks through; where there are fewer, no threads are made. */
  private static final int CHUNK = 64;

  /** Threads that wait for the device: most of the time each of them does. */
  private static final int THREADS = 32;

  private final Space space;
  private final MappedMemory memory;
  private final ExtentTable table;
  private final long storeId;

  /**
   * @param space the file, mapped as a whole
   */
  public ExtentRecovery(Space space) {
    this.space = space;
    this.memory = space.memory();
    this.table = new ExtentTable(space);
    this.storeId = table.epochs.storeId();
  }

  /**
   * Makes the tables.
   *
   * @param checkpoint what it named is in use, all else is free
   * @param fileBytes length of the file
   */
  public void run(long checkpoint, long fileBytes) {
    int[] words = new int[(int) Math.min(Integer.MAX_VALUE / 4, fileBytes / EXTENT_BYTES)];
    inParallel(words.length, (from, to) -> look(words, from, to, checkpoint));
    skipInner(words);
    inParallel(words.length, (from, to) -> filter(words, from, to, checkpoint));
    putTables(words);
  }

  /** Something that is done with some of the extents. */
  private interface Step {
    void run(int from, int to);
  }

  private static void inParallel(int count, Step step) {
    if (count <= CHUNK) {
      step.run(0, count);
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int from = 0; from < count; from += CHUNK) {
        int first = from;
        running.add(threads.submit(() -> step.run(first, Math.min(count, first + CHUNK))));
      }
      for (Future<?> each : running) {
        await(each);
      }
    } finally {
      threads.shutdown();
    }
  }

  private static void await(Future<?> future) {
    boolean interrupted = false;
    while (true) {
      try {
        future.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Finds out what each extent was. */
  private void look(int[] words, int from, int to, long checkpoint) {
    for (int extent = from; extent < to; extent++) {
      long position = ExtentTable.position(extent);
      long mark = table.isFirst(extent) ? 0 : memory.getLong(position, ExtentLayout.MARK);
      if (!ExtentLayout.isMark(mark, storeId, position)) {
        words[extent] = 0;
        continue;
      }
      int length = ExtentLayout.markedLength(mark);
      if (length == 0) {
        int units = ExtentLayout.markedUnits(mark);
        words[extent] = BlockSizes.isSize(units) ? ExtentLayout.word(BLOCKS, units) : 0;
      } else {
        boolean fits =
            (extent & table.perWindow() - 1) + length <= table.perWindow()
                && extent + length <= words.length;
        boolean isLive = OwnerWord.isLiveAt(ownerWord(extent, 0), checkpoint);
        words[extent] = fits && isLive ? ExtentLayout.word(RUN, length) : 0;
      }
    }
  }

  private long ownerWord(int extent, int block) {
    return memory.getLong(ExtentTable.position(extent), ExtentLayout.owner(block));
  }

  /** What looks like a mark within a live run is part of a record. */
  private static void skipInner(int[] words) {
    for (int extent = 0; extent < words.length; extent++) {
      if (ExtentLayout.kind(words[extent]) == RUN) {
        int length = ExtentLayout.low(words[extent]);
        for (int i = 1; i < length; i++) {
          words[extent + i] = ExtentLayout.word(RUN_INNER, i);
        }
        extent += length - 1;
      }
    }
  }

  /** Leaves the owner words of live blocks only; an extent without any is nobody's. */
  private void filter(int[] words, int from, int to, long checkpoint) {
    for (int extent = from; extent < to; extent++) {
      int word = words[extent];
      int kind = ExtentLayout.kind(word);
      if (kind == RUN) {
        filter(extent, 0, checkpoint);
      } else if (kind == BLOCKS) {
        int units = ExtentLayout.units(word);
        int live = 0;
        for (int block = 0; block < ExtentLayout.blockCount(units); block++) {
          live += filter(extent, block, checkpoint) ? 1 : 0;
        }
        words[extent] = live == 0 ? 0 : word | MAYBE_ROOM;
      }
      if (ExtentLayout.kind(words[extent]) == UNREADY && !table.isFirst(extent)) {
        // Its owner words may be live at a later checkpoint; without a mark they say nothing.
        put(extent, ExtentLayout.MARK, 0);
      }
    }
  }

  private boolean filter(int extent, int block, long checkpoint) {
    long owner = ownerWord(extent, block);
    boolean isLive = OwnerWord.isLiveAt(owner, checkpoint);
    put(
        extent,
        ExtentLayout.owner(block),
        isLive ? OwnerWord.of(OwnerWord.owner(owner), OwnerWord.bornIn(owner)) : 0);
    return isLive;
  }

  /** Stores only what differs, so that few pages are changed. */
  private void put(int extent, int offset, long value) {
    long position = ExtentTable.position(extent);
    if (memory.getLong(position, offset) != value) {
      memory.putLong(position, offset, value);
    }
  }

  private void putTables(int[] words) {
    int perWindow = table.perWindow();
    int last = words.length - 1;
    while (last > 0 && words[last] == 0) {
      last--;
    }
    int windows = table.window(last) + 1;
    for (int window = 0; window < RegionLayout.MAX_WINDOWS; window++) {
      int word = ExtentLayout.word(window < windows ? RESERVED : UNREADY, 0);
      if (memory.getInt(RegionLayout.WINDOWS, 4 * window) != word) {
        memory.putInt(RegionLayout.WINDOWS, 4 * window, word);
      }
    }
    for (int window = 0; window < windows; window++) {
      long base = ExtentTable.position(table.firstOf(window));
      if (window > 0 && isEmpty(words, table.firstOf(window))) {
        space.ready(base, EXTENT_BYTES); // perhaps it never was
      }
      for (int i = 1; i < perWindow; i++) {
        int extent = table.firstOf(window) + i;
        int at = RegionLayout.tableOffset(window) + 4 * i;
        int word = extent < words.length ? words[extent] : 0;
        if (memory.getInt(base, at) != word) {
          memory.putInt(base, at, word);
        }
      }
    }
  }

  private boolean isEmpty(int[] words, int first) {
    for (int i = 1; i < table.perWindow() && first + i < words.length; i++) {
      if (words[first + i] != 0) {
        return false;
      }
    }
    return true;
  }
}
