package io.tophash.sync.entry;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.shard.DirectoryView;

/**
 * What a lookup has seen of a live entry in the file: enough to say later, by a few loads, whether
 * the entry still is what it was, whoever in whatever process may have changed it. The argument is
 * in docs/concurrency.md, "The heap level".
 *
 * <p>Immutable, so that it may be handed from thread to thread by a race.
 */
public class Seen {
  /** In place of a slot: the entry is not what it was. */
  static final int CHANGED = -1;

  private final DirectoryView view;
  private final long entryPlace;
  private final long word;
  private final long slotAt;
  private final long slotPlace;
  private final int slot;
  private final long recordPlace;
  private final int checksum;
  private final boolean hasExpires;
  private final long expires;

  /**
   * @param view of the directory
   * @param entryPlace of the directory entry
   * @param word the segment word
   * @param slotAt position of the slot
   * @param slot live
   * @param recordPlace of the record, of a large one in its own block, with what stands in front
   * @param hasExpires true if a long stands in front of it
   */
  Seen(
      MappedMemory memory,
      DirectoryView view,
      long entryPlace,
      long word,
      long slotAt,
      int slot,
      long recordPlace,
      boolean hasExpires) {
    this.view = view;
    this.entryPlace = entryPlace;
    this.word = word;
    this.slotAt = slotAt;
    this.slotPlace = memory.place(slotAt, Integer.BYTES);
    this.slot = slot;
    this.recordPlace = recordPlace;
    this.checksum = memory.getIntAt(recordPlace, SyncRecordLayout.CHECKSUM);
    this.hasExpires = hasExpires;
    this.expires = hasExpires ? memory.getLongAt(recordPlace, CacheLayout.EXPIRES) : 0;
  }

  /** The same. */
  Seen(Seen other) {
    this.view = other.view;
    this.entryPlace = other.entryPlace;
    this.word = other.word;
    this.slotAt = other.slotAt;
    this.slotPlace = other.slotPlace;
    this.slot = other.slot;
    this.recordPlace = other.recordPlace;
    this.checksum = other.checksum;
    this.hasExpires = other.hasExpires;
    this.expires = other.expires;
  }

  final long word() {
    return word;
  }

  final long slotAt() {
    return slotAt;
  }

  /**
   * The slot as it is now, if the entry is what it was; wait-free.
   *
   * @return {@link #CHANGED} if it may be another
   */
  final int look(MappedMemory memory) {
    try {
      // First, so that nothing is read of a block that is gone; pairs with Directory.publish().
      if (memory.getLongAcquireAt(entryPlace, 0) != word) {
        return CHANGED;
      }
      // Pairs with the CAS of whoever changed the slot last.
      int present = memory.getIntAcquireAt(slotPlace, 0);
      boolean same =
          SlotWord.isSame(present, slot)
              && memory.getIntAt(recordPlace, SyncRecordLayout.CHECKSUM) == checksum
              && (!hasExpires || memory.getLongAt(recordPlace, CacheLayout.EXPIRES) == expires);
      MappedMemory.acquireFence();
      return same && view.isCurrent(memory, entryPlace, word) ? present : CHANGED;
    } catch (IndexOutOfBoundsException e) {
      return CHANGED; // the file was cut since
    }
  }
}
