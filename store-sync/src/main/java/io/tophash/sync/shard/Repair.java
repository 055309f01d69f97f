package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.event.TakeOverEvent;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.Segments;

/**
 * Settles what an operation under the lock left when it was stopped: by {@code kill -9} of its
 * process, or by an exception. Idempotent; may be stopped itself and done again by another. Takes
 * time in proportion to one shard.
 *
 * <p>For the holder of the shard's lock, with the shard frozen. docs/recovery.md goes through all
 * that the notes can say.
 */
final class Repair {
  private final ShardContext context;
  private final MappedMemory memory;
  private final Directory directory;
  private final ExtentAllocator allocator;
  private final Segments kind;
  private final Clearing clearing;
  private final ShardLock lock;
  private final ScratchPool scratches;

  Repair(ShardContext context, Directory directory, ShardLock lock, ScratchPool scratches) {
    this.context = context;
    this.lock = lock;
    this.scratches = scratches;
    this.memory = context.memory();
    this.directory = directory;
    this.allocator = context.allocator();
    this.kind = context.kind();
    this.clearing = new Clearing(context);
  }

  /** Repairs a shard whose lock was taken from one who is dead: the lock word was his. */
  void takeOver(int shard, long dead) {
    TakeOverEvent event = TakeOverEvent.begin();
    String owner = event.isRecorded() ? lock.describe(dead) : null;
    boolean repaired = false;
    Gathered g = scratches.borrow();
    try {
      lock.freeze(shard, true);
      context.mapAll().run();
      settle(shard, g);
      recount(shard, g);
      CrashPoint.reached("repair.recounted");
      context.bump(shard, ShardLayout.TAKEOVERS);
      repaired = true;
      event.end(context.store(), shard, owner);
    } catch (IndexOutOfBoundsException e) {
      // All of the file is mapped, and a file is not unmapped while one of its locks is held.
      throw leadsNowhere(shard, e);
    } finally {
      scratches.giveBack(g);
      if (repaired) {
        lock.unfreeze(shard);
      } else {
        lock.giveBack(shard, dead);
      }
    }
  }

  static CorruptStoreException leadsNowhere(int shard, IndexOutOfBoundsException e) {
    CorruptStoreException damaged =
        new CorruptStoreException(
            "shard", at(shard, 0), "a reference of the shard leads nowhere (" + e + ")");
    damaged.initCause(e);
    return damaged;
  }

  /** Settles the notes: each noted block is linked, or is free again. */
  void settle(int shard, Gathered g) {
    // First: what was logged is done before what its operation still owes.
    context.log().redo(shard);
    long directoryWord = context.directoryWord(shard);
    directory.check(shard, directoryWord);
    settleDirectory(shard, directoryWord);
    boolean published =
        isNamed(shard, directoryWord, ShardLayout.NEW_BLOCK_0)
            || isNamed(shard, directoryWord, ShardLayout.NEW_BLOCK_1);
    if (published) {
      // All new blocks were complete before the first entry named one of them.
      rollForward(shard, directoryWord, ShardLayout.NEW_BLOCK_0);
      rollForward(shard, directoryWord, ShardLayout.NEW_BLOCK_1);
      MappedMemory.storeStoreFence();
    }
    settleAmended(directoryWord);
    CrashPoint.reached("repair.settled");
    freeUnlessNamed(shard, directoryWord, ShardLayout.OLD_BLOCK_0);
    freeUnlessNamed(shard, directoryWord, ShardLayout.OLD_BLOCK_1);
    freeUnlessNamed(shard, directoryWord, ShardLayout.NEW_BLOCK_0);
    freeUnlessNamed(shard, directoryWord, ShardLayout.NEW_BLOCK_1);
    freeUnlessReferenced(shard, directoryWord, ShardLayout.NEW_LARGE);
    freeUnlessReferenced(shard, directoryWord, ShardLayout.OLD_LARGE);
    CrashPoint.reached("repair.freed");
    clearing.finish(shard, g);
  }

  private void settleDirectory(int shard, long directoryWord) {
    long live = DirectoryWord.position(directoryWord);
    long old = context.note(shard, ShardLayout.OLD_DIRECTORY);
    if (old == live) {
      // Not unlinked yet: whatever was to replace it was not published.
      context.putNote(shard, ShardLayout.CLEARING, 0);
      context.putNote(shard, ShardLayout.OLD_DIRECTORY, 0);
    } else if (old != 0 && context.note(shard, ShardLayout.CLEARING) == 0) {
      allocator.freeIfOwned(old, shard, at(shard, ShardLayout.OLD_DIRECTORY));
    }
    long fresh = context.note(shard, ShardLayout.NEW_DIRECTORY);
    if (fresh == live) {
      context.putNote(shard, ShardLayout.NEW_DIRECTORY, 0);
    } else if (fresh != 0) {
      allocator.freeIfOwned(fresh, shard, at(shard, ShardLayout.NEW_DIRECTORY));
    }
  }

  /** An insertion may have said "amended" in some of a segment's entries: says so in all. */
  private void settleAmended(long directoryWord) {
    int depth = DirectoryWord.depth(directoryWord);
    int index = 0;
    while (index < 1 << depth) {
      long word = directory.segmentWord(directoryWord, index);
      int aliases = DirectoryWord.aliases(depth, context.localDepth(word, depth));
      for (int i = 1; i < aliases; i++) {
        if (directory.segmentWord(directoryWord, index + i) != word) {
          directory.amend(directoryWord, index, word);
          break;
        }
      }
      index += aliases;
    }
  }

  private boolean isNamed(int shard, long directoryWord, int note) {
    long block = context.note(shard, note);
    return block != 0 && directory.names(directoryWord, block);
  }

  private void rollForward(int shard, long directoryWord, int note) {
    long block = context.note(shard, note);
    if (block != 0) {
      directory.settle(shard, directoryWord, block);
    }
  }

  private void freeUnlessNamed(int shard, long directoryWord, int note) {
    long block = context.note(shard, note);
    if (block != 0) {
      if (directory.names(directoryWord, block)) {
        context.putNote(shard, note, 0);
      } else {
        allocator.freeIfOwned(block, shard, at(shard, note));
      }
    }
  }

  private void freeUnlessReferenced(int shard, long directoryWord, int note) {
    long block = context.note(shard, note);
    if (block == 0) {
      return;
    }
    if (allocator.isOwned(block, shard) && isReferenced(shard, directoryWord, block)) {
      context.putNote(shard, note, 0);
    } else {
      allocator.freeIfOwned(block, shard, at(shard, note));
    }
  }

  /** A large record names its key, so its segment is known; an unfinished one names any or none. */
  private boolean isReferenced(int shard, long directoryWord, long large) {
    long hash = kind.hashOfLarge(large, allocator.sizeOf(large));
    if (context.shardOf(hash) != shard) {
      return false;
    }
    long word = directory.segmentWord(directoryWord, directory.indexOf(directoryWord, hash));
    Gathered g = new Gathered();
    if (!kind.gather(word, g)) {
      throw damaged(word);
    }
    for (int i = 0; i < g.count(); i++) {
      if (kind.largeBlock(g, i) == large) {
        return true;
      }
    }
    return false;
  }

  /** Counts the entries of the frozen shard anew. */
  void recount(int shard, Gathered g) {
    long directoryWord = context.directoryWord(shard);
    directory.check(shard, directoryWord);
    long count = 0;
    long bytes = allocator.sizeOf(DirectoryWord.position(directoryWord));
    long last = 0;
    for (int i = 0; i < 1 << DirectoryWord.depth(directoryWord); i++) {
      long word = directory.segmentWord(directoryWord, i);
      if (SegmentWord.position(word) != last) {
        last = SegmentWord.position(word);
        g.clear();
        if (!kind.gather(word, g)) {
          throw damaged(word);
        }
        count += g.count();
        bytes += context.caching() == null ? 0 : bytesOf(word, g);
      }
    }
    memory.putLongRelease(0, at(shard, ShardLayout.COUNT), count);
    if (context.caching() != null) {
      context.caching().bounds().putUsed(shard, bytes);
    }
  }

  private long bytesOf(long word, Gathered g) {
    long bytes = allocator.sizeOf(SegmentWord.position(word));
    for (int i = 0; i < g.count(); i++) {
      long large = kind.largeBlock(g, i);
      bytes += large == 0 ? 0 : allocator.sizeOf(large);
    }
    return bytes;
  }

  private static CorruptStoreException damaged(long word) {
    return new CorruptStoreException(
        "segment", SegmentWord.position(word), "the block makes no sense");
  }
}
