package io.tophash.core.table;

import io.tophash.core.alloc.Reach;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.RecordLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.HeapBytes;

/**
 * Go's runtime map in a file: the state of the table and the lookup.
 *
 * <p><b>Terms.</b> A <em>bucket</em> holds eight entries; buckets that share an index form a
 * <em>chain</em>, linked through overflow words. The <em>tophash word</em> of a bucket has one byte
 * per cell; a cell is occupied iff its byte says so, and that byte is the commit of every insertion
 * and removal. To <em>evacuate</em> a chain is to move it from the old bucket array to the current
 * one while the table grows; each write moves two chains, a read moves none.
 *
 * <p><b>Mechanism.</b> The file is the truth, this object mirrors the live descriptor in fields.
 * Every change of state is one aligned store, so each prefix of the stores that a killed process
 * made is a legal state, at worst with clean-up owed; what is owed stands in the intent ({@link
 * Intent}), and {@link Recovery} pays it. docs/recovery.md argues this store by store.
 *
 * <p><b>Cells.</b> A found cell is returned as one long: the position of its bucket, which is a
 * multiple of eight, plus the number of the cell.
 *
 * <p><b>Organisation.</b> Here: the lookup. {@link Assigner}: insert, overwrite, delete. {@link
 * Growth}: grow, evacuate, prepare the next array. {@link ChainCursor}: iteration. {@link
 * Recovery}, {@link TableVerifier}: after a kill, and on demand.
 *
 * <p>Not thread-safe. The algorithm is that of Go's runtime/map.go (before the Swiss tables of
 * 1.24).
 */
public final class Table extends TableState {
  /** What a lookup returns if the key is absent. */
  public static final long ABSENT = -1;

  private final int overflowOffset;
  private final int keyCellBytes;
  private final int bucketBytes;
  private final int chunkShift;
  private final long chunkMask;
  private final boolean indirectKeys;
  private final Reach reach;

  /** True if arrays may have sums that are to be compared when a key is absent. */
  boolean proves;

  // Keeps the reads of touch() from being optimised away.
  long touched;

  /** Attaches to the live table of the store. */
  public Table(TableContext context) {
    super(context);
    this.overflowOffset = layout.overflow();
    this.keyCellBytes = layout.keyCellBytes();
    this.bucketBytes = layout.bytes();
    this.chunkShift = context.chunkShift;
    this.chunkMask = (1L << chunkShift) - 1;
    this.indirectKeys = layout.indirectKeys();
    this.reach = context.reach;
  }

  /** All keys are about to be moved: what the sums say is compared, and then they are no more. */
  void forgetSums() {
    if (current().sums != null) {
      current().sums.proveAll();
      current().sums = null;
    }
  }

  /** Position of the chain that holds what has this hash, or 0 if there is none. */
  long head(long keyHash) {
    if (old != null) {
      long oldHead = unevacuated(keyHash & oldMask);
      if (oldHead != 0) {
        return oldHead;
      }
    }
    return headInCurrent(keyHash);
  }

  long headInCurrent(long keyHash) {
    long index = keyHash & mask;
    long chunk = chunks[(int) (index >>> chunkShift)];
    return chunk == 0 ? 0 : chunk + (index & chunkMask) * bucketBytes;
  }

  /** Position of an old chain that is still to be evacuated, else 0. */
  long unevacuated(long oldIndex) {
    if (oldIndex < nevacuate) {
      return 0;
    }
    long head = old.bucket(oldIndex);
    return head == 0 || Tophash.isEvacuated(tophashWord(head)) ? 0 : head;
  }

  long tophashWord(long bucket) {
    return memory.getLong(bucket, BucketLayout.TOPHASH);
  }

  /** Position of the next bucket of the chain, or 0. */
  long overflow(long bucket) {
    return overflowOf(memory.getLong(bucket, overflowOffset));
  }

  long overflowLink(long bucket) {
    return memory.getLong(bucket, overflowOffset);
  }

  private long overflowOf(long link) {
    long next = Links.position(link);
    if (next != 0) {
      reach.check("overflow bucket", next, bucketBytes);
    }
    return next;
  }

  /** More hops than any chain can have: beyond, the chain is a circle. */
  long maxHops() {
    return context.allocator.limitBytes() / bucketBytes;
  }

  static CorruptStoreException circle(long bucket) {
    return new CorruptStoreException("overflow bucket", bucket, "a chain of buckets is circular");
  }

  /**
   * Called for a key that was not found.
   *
   * @throws CorruptStoreException if that is not to be believed
   */
  long absent(long keyHash) {
    if (proves) {
      current().prove(keyHash & mask);
      if (old != null) {
        old.prove(keyHash & oldMask);
      }
    }
    return ABSENT;
  }

  /** An array is compared as a whole; if the other one is, too, lookups need not ask any more. */
  void proved() {
    proves &= !isProved(current()) || old != null && !isProved(old);
  }

  private static boolean isProved(BucketArray array) {
    return array.sums == null || array.sums.isProved();
  }

  /** The chain with what has this hash is about to be changed. */
  void changing(long keyHash) {
    if (old != null && unevacuated(keyHash & oldMask) != 0) {
      old.changing(keyHash & oldMask);
    } else {
      current().changing(keyHash & mask);
    }
  }

  /** Finds an eight-byte inline key; the cell, or {@link #ABSENT}. */
  public long findLong(long key, long keyHash) {
    long bucket = head(keyHash);
    long pattern = Tophash.broadcast(Tophash.of(keyHash));
    long hops = 0;
    while (bucket != 0) {
      long word = memory.getLong(bucket, BucketLayout.TOPHASH);
      for (long hits = Tophash.match(word, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        if (memory.getLong(bucket, BucketLayout.DATA_OFFSET + 8 * cell) == key) {
          return bucket + cell;
        }
      }
      if (Tophash.endsChain(word)) {
        break;
      }
      bucket = overflow(bucket);
      if (++hops > 1000 && hops > maxHops()) {
        throw circle(bucket);
      }
    }
    return absent(keyHash);
  }

  /** Finds a key of any other kind; the cell, or {@link #ABSENT}. */
  public long findBytes(byte[] key, int length, long keyHash) {
    long bucket = head(keyHash);
    long pattern = Tophash.broadcast(Tophash.of(keyHash));
    long hops = 0;
    boolean isDoubtful = false;
    while (bucket != 0) {
      long word = memory.getLong(bucket, BucketLayout.TOPHASH);
      for (long hits = Tophash.match(word, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        if (sameKey(bucket, cell, key, length)) {
          return bucket + cell;
        }
        isDoubtful = indirectKeys;
      }
      if (Tophash.endsChain(word)) {
        break;
      }
      bucket = overflow(bucket);
      if (++hops > 1000 && hops > maxHops()) {
        throw circle(bucket);
      }
    }
    if (isDoubtful) {
      checkOthers(keyHash);
    }
    return absent(keyHash);
  }

  /**
   * Checks the records of the keys for which a lookup of another one looked twice: a damaged one
   * may be the key that is missing.
   */
  private void checkOthers(long keyHash) {
    long pattern = Tophash.broadcast(Tophash.of(keyHash));
    for (long bucket = head(keyHash); bucket != 0; bucket = overflow(bucket)) {
      long word = tophashWord(bucket);
      for (long hits = Tophash.match(word, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        if (Tophash.at(word, cell) != Tophash.of(keyHash)) {
          continue; // what looks like a hit may be none
        }
        long other = hashOfCell(bucket, cell);
        if (Tophash.of(other) != Tophash.of(keyHash)
            || ((other ^ keyHash) & (old == null ? mask : oldMask)) != 0) {
          throw new CorruptStoreException(
              "key record", bucket, "a key does not belong where it stands");
        }
      }
      if (Tophash.endsChain(word)) {
        return;
      }
    }
  }

  /** Reads the tophash words of many keys, so that their cache misses overlap. */
  public void touch(long[] hashes, int n) {
    long sum = 0;
    for (int i = 0; i < n; i++) {
      long bucket = head(hashes[i]);
      sum += bucket == 0 ? 0 : tophashWord(bucket);
    }
    touched = sum;
  }

  private boolean sameKey(long bucket, int cell, byte[] key, int length) {
    int offset = BucketLayout.DATA_OFFSET + cell * keyCellBytes;
    if (!indirectKeys) {
      return memory.sameBytes(bucket + offset, key, length);
    }
    long record = memory.getLong(bucket, offset);
    reach.check("key record", record, RecordLayout.bytes(length));
    return memory.getInt(record, RecordLayout.LENGTH) == length
        && memory.sameBytes(record + RecordLayout.PAYLOAD, key, length);
  }

  /** Hash of the key in an occupied cell. */
  public long hashOfCell(long bucket, int cell) {
    int offset = layout.key(cell);
    if (indirectKeys) {
      long record = record("key record", bucket, offset);
      int length = memory.getInt(record, RecordLayout.LENGTH);
      return hash.ofBytes(memory, record + RecordLayout.PAYLOAD, length, MappedBytes.ACCESS);
    }
    return context.keyFixedBytes == 8
        ? hash.ofLong(memory.getLong(bucket, offset))
        : hash.ofBytes(memory, bucket + offset, context.keyFixedBytes, MappedBytes.ACCESS);
  }

  /** Position of the record that a cell refers to; checked with its length. */
  long record(String section, long bucket, int cellOffset) {
    long record = memory.getLong(bucket, cellOffset);
    reach.check(section, record, RecordLayout.PAYLOAD);
    int length = memory.getInt(record, RecordLayout.LENGTH);
    if (length < 0) {
      throw new CorruptStoreException(section, record, "negative length, length=" + length);
    }
    reach.check(section, record, RecordLayout.bytes(length));
    return record;
  }

  /** Hash of a key on the heap. */
  public long hashOf(byte[] key, int length) {
    return context.keyFixedBytes == 8
        ? hash.ofLong(HeapBytes.getLong(key, 0))
        : hash.ofBytes(key, length);
  }
}
