package io.tophash.core.memory;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The byte of a {@link Sidecar} that those lock, shared, who have the store open read-only, and
 * exclusively who must be alone to cut the file. Readers of this JVM are counted.
 *
 * <p>File thread only.
 */
final class ReaderLock {
  private final LockedFile file;
  private final LockNotes notes;
  private final RangeLock lock;
  private final Map<LockNotes.Note, Long> doubtful = new HashMap<>(); // since when
  private int readers; // 0 while this JVM holds the lock exclusively

  ReaderLock(LockedFile file, LockNotes notes, long at) {
    this.file = file;
    this.notes = notes;
    this.lock = new RangeLock(file, at, 1);
  }

  /** Counts one reader more; false while somebody is alone with the store. */
  boolean tryTake() throws IOException {
    if (readers == 0 && !tryTakeFirst()) {
      return false;
    }
    readers++;
    return true;
  }

  // As at the open of the file: the lock, the note, a look whether the lock stands.
  private boolean tryTakeFirst() throws IOException {
    if (!lock.tryTake(true)) {
      return false;
    }
    notes.add(LockNotes.READS);
    if (file.confirm()) {
      return true;
    }
    giveUpLast();
    return false;
  }

  private void giveUpLast() throws IOException {
    notes.remove(LockNotes.READS);
    lock.giveUp();
  }

  /** Counts one reader less. */
  Void giveUp() throws IOException {
    if (--readers == 0) {
      giveUpLast();
    }
    return null;
  }

  /** Proves that there are no readers, and keeps new ones waiting; false if that fails. */
  boolean tryTakeAlone() throws IOException {
    if (!file.isWritable() || !lock.tryTake(false)) {
      return false;
    }
    if (isAnyNoted()) {
      lock.giveUp();
      return false;
    }
    return true;
  }

  // One that lost its lock, and cannot be known, counts until it had the time to take it back.
  private boolean isAnyNoted() throws IOException {
    boolean any = false;
    for (LockNotes.Note note : notes.others(LockNotes.READS)) {
      long now = System.nanoTime();
      long since = doubtful.computeIfAbsent(note, n -> now);
      if (notes.isAlive(note)) {
        doubtful.remove(note);
        any = true;
      } else if (now - since < TimeUnit.MILLISECONDS.toNanos(LockKeeper.GRACE_MS)) {
        any |= !note.process().isSelf();
      } else {
        doubtful.remove(note);
        notes.delete(note);
      }
    }
    return any;
  }

  /** Ends what {@link #tryTakeAlone} began. */
  Void giveUpAlone() throws IOException {
    return lock.giveUp();
  }
}
