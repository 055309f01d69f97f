package io.tophash.cache;

import io.tophash.core.errors.CorruptStoreException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * A value as it stands in the file: the encoded value behind a word that says when it expires, and
 * what else it was stored with. Immutable.
 *
 * <pre>
 * | word 8 | written 6, stale 4, tag 8: if flagged | the value |
 *
 * word: | claim 16 | parity 1 | flags 4: lease, tag, stale, written | never 1 | time 42 |
 * </pre>
 *
 * <p>{@code time} is when the record is of no use any more, in milliseconds since 1970; {@code
 * claim} names the process that is refreshing the value, 0 if none is. The word changes in place
 * and is under no checksum; so the parity of the six bits from {@code never} to {@code parity} is
 * even, as a value with a wrong flag would be read from a wrong place. What never expires has the
 * bit for that, and in place of the time when it was {@code written}; the others have a field for
 * that. {@code stale} is how many milliseconds before {@code time} the entry is absent, unless a
 * loader fails. {@code tag} is the number of a tag word, 12 bits, and what that was when the value
 * was stored, 48 bits: the value is present as long as it still is.
 *
 * <p>A <i>lease</i> says that a process is loading the key, which is absent meanwhile. Its value is
 * {owner 8, number 8, and the stale entry that it replaced, if there was one}.
 */
final class Stored {
  private static final int NEVER_SHIFT = 42;
  private static final long NEVER = 1L << NEVER_SHIFT;
  private static final long TIME = NEVER - 1;
  private static final long FLAG_WRITTEN = NEVER << 1;
  private static final long FLAG_STALE = NEVER << 2;
  private static final long FLAG_TAG = NEVER << 3;
  private static final long FLAG_LEASE = NEVER << 4;
  private static final long PARITY = NEVER << 5;
  private static final long CHECKED = 2 * PARITY - NEVER;
  private static final long FLAGS = PARITY - FLAG_WRITTEN;

  private static final int WORD_BYTES = 8;
  private static final int WRITTEN_BYTES = 6;
  private static final int STALE_BYTES = 4;
  private static final int TAG_BYTES = 8;
  private static final int LEASE_BYTES = 16;
  private static final int CLAIM_SHIFT = 48;
  private static final int TAG_SHIFT = 48;
  private static final long TAG_VALUE = (1L << TAG_SHIFT) - 1;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * Bits from never to parity of an entry that never expires and has no fields: most have these.
   */
  private static final long PLAIN = NEVER | PARITY;

  /** The same of one that expires: most others have these. */
  private static final long EXPIRING = FLAG_WRITTEN | PARITY;

  private final byte[] bytes;
  // Where the value begins.
  private final int payload;
  // The value itself, once somebody who keeps this has decoded it; null before.
  private volatile Object decoded;

  /**
   * @throws CorruptStoreException if the first word is none of an entry
   * @throws IllegalArgumentException if there are not as many bytes as it says
   */
  Stored(byte[] bytes) {
    this.bytes = bytes;
    if (bytes.length >= WORD_BYTES && isPlain()) {
      payload = WORD_BYTES;
      return;
    }
    if (bytes.length >= WORD_BYTES + WRITTEN_BYTES && isExpiring()) {
      payload = WORD_BYTES + WRITTEN_BYTES;
      return;
    }
    payload = bytes.length < WORD_BYTES ? WORD_BYTES : headerBytes(word());
    if (bytes.length < payload) {
      throw new IllegalArgumentException(
          "too short for an entry of a cache, bytes=" + bytes.length);
    }
    long word = word();
    if ((Long.bitCount(word & CHECKED) & 1) != 0 || (word & (NEVER | FLAG_WRITTEN)) == 0) {
      throw new CorruptStoreException(
          "cache", 0, "the flags of an entry make no sense (" + Long.toHexString(word) + ")");
    }
  }

  /**
   * Begins an entry; the value goes to its end.
   *
   * @param expires when it is absent for lookups, {@link Times#NEVER} for never
   * @param staleMs for how long it is kept afterwards
   * @param tag see {@link #tag(int, long)}, -1 for none
   */
  static byte[] header(long expires, long written, long staleMs, long tag, int valueBytes) {
    boolean never = expires >= Times.NEVER;
    boolean keeps = staleMs > 0 && !never;
    int stale = (int) Math.min(Integer.MAX_VALUE, staleMs);
    long flags = (never ? 0 : FLAG_WRITTEN) | (keeps ? FLAG_STALE : 0) | (tag < 0 ? 0 : FLAG_TAG);
    long until = keeps ? Times.after(expires, stale) : expires;
    byte[] bytes = new byte[Math.addExact(headerBytes(flags), valueBytes)];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.putLong(never ? word(flags, NEVER | time(written)) : word(flags, until));
    if (!never) {
      putWritten(fields, written);
    }
    if (keeps) {
      fields.putInt(stale);
    }
    if (tag >= 0) {
      fields.putLong(tag);
    }
    return bytes;
  }

  private static int headerBytes(long word) {
    return WORD_BYTES
        + ((word & FLAG_WRITTEN) == 0 ? 0 : WRITTEN_BYTES)
        + ((word & FLAG_STALE) == 0 ? 0 : STALE_BYTES)
        + ((word & FLAG_TAG) == 0 ? 0 : TAG_BYTES);
  }

  /** The word with flags and a time, or what stands for it; unclaimed. */
  private static long word(long flags, long time) {
    long word = flags | time;
    return (Long.bitCount(word & CHECKED) & 1) == 0 ? word : word | PARITY;
  }

  private static long time(long ms) {
    return Math.max(0, Math.min(ms, TIME));
  }

  private static void putWritten(ByteBuffer fields, long written) {
    long ms = time(written);
    fields.putInt((int) ms).putShort((short) (ms >>> Integer.SIZE));
  }

  /** What an entry remembers of its tag word. */
  static long tag(int index, long word) {
    return (long) index << TAG_SHIFT | word & TAG_VALUE;
  }

  /**
   * A lease.
   *
   * @param owner the process that loads
   * @param number tells the leases of a process apart
   * @param stale what the key had, null if that is of no use any more
   */
  static Stored lease(long expires, long written, long owner, long number, Stored stale) {
    byte[] kept = stale == null ? new byte[0] : stale.bytes;
    long flags = FLAG_LEASE | FLAG_WRITTEN;
    byte[] bytes = new byte[headerBytes(flags) + LEASE_BYTES + kept.length];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.putLong(word(flags, Math.min(expires, TIME)));
    putWritten(fields, written);
    fields.putLong(owner).putLong(number).put(kept);
    return new Stored(bytes);
  }

  private long word() {
    return (long) LONG.get(bytes, 0);
  }

  private boolean has(long flag) {
    return (word() & flag) != 0;
  }

  /**
   * How many bytes stand between the word and the value, of what is present if its time is not
   * over; negative of all else.
   *
   * @param word the first one
   * @param clock asked only if there is a time
   */
  static int headBytes(long word, InstantSource clock) {
    long checked = word & CHECKED;
    return checked == PLAIN
        ? 0
        : checked == EXPIRING && (word & TIME) > clock.millis() ? WRITTEN_BYTES : -1;
  }

  /** True if it never expires, has no tag, and is no lease: it is present. */
  boolean isPlain() {
    return (word() & CHECKED) == PLAIN;
  }

  /** True if it is present until {@link #keptUntil}, and that is all that decides it. */
  boolean isExpiring() {
    return (word() & CHECKED) == EXPIRING;
  }

  boolean isLease() {
    return has(FLAG_LEASE);
  }

  /** The process that loads, of a lease. */
  long owner() {
    return (long) LONG.get(bytes, payload());
  }

  /** What tells it apart from other leases of the process, of a lease. */
  long number() {
    return (long) LONG.get(bytes, payload() + Long.BYTES);
  }

  /** What the key had before the lease; null if nothing. */
  Stored beforeLease() {
    int from = payload() + LEASE_BYTES;
    return bytes.length == from ? null : new Stored(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  /**
   * True if it has no field for when it was written, so that it can only be stored anew when it is
   * to expire after all: see {@link #withWritten}.
   */
  boolean lacksWritten() {
    return !has(FLAG_WRITTEN);
  }

  /** The same entry, which never expires, with a field for when it was written, and an end. */
  byte[] withWritten(long expires) {
    byte[] copy = header(expires, written(), 0, has(FLAG_TAG) ? tag() : -1, valueBytes());
    System.arraycopy(bytes, payload(), copy, copy.length - valueBytes(), valueBytes());
    return copy;
  }

  private int valueBytes() {
    return bytes.length - payload();
  }

  /** The word with another time at which this is absent for lookups; unclaimed. */
  long withExpires(long expires) {
    long kept = Times.after(expires, staleMs());
    return word(word() & FLAGS, expires >= Times.NEVER ? NEVER | TIME : Math.min(kept, TIME));
  }

  /** The word that says that a process is refreshing this. */
  long withClaim(int claim) {
    return word() & (1L << CLAIM_SHIFT) - 1 | (long) claim << CLAIM_SHIFT;
  }

  /** The same entry with another first word. */
  Stored with(long word) {
    byte[] copy = bytes.clone();
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(0, word);
    return new Stored(copy);
  }

  /** The process that is refreshing this, 0 if none is. */
  int claim() {
    return (int) (word() >>> CLAIM_SHIFT);
  }

  Object decoded() {
    return decoded;
  }

  /** Keeps the decoded value. Any is good that was decoded from these bytes. */
  void keepDecoded(Object value) {
    decoded = value;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Where the value begins. */
  int payload() {
    return payload;
  }

  private int staleMs() {
    return has(FLAG_STALE) ? (int) INT.get(bytes, WORD_BYTES + WRITTEN_BYTES) : 0;
  }

  boolean hasTag() {
    return has(FLAG_TAG);
  }

  /** The tag with the word that it had, see {@link #tag(int, long)}. */
  long tag() {
    return (long) LONG.get(bytes, payload - TAG_BYTES);
  }

  /** Number of the tag word. */
  int tagIndex() {
    return (int) (tag() >>> TAG_SHIFT);
  }

  /** True if the tag word is still what it was. */
  boolean isTag(long word) {
    return (tag() & TAG_VALUE) == (word & TAG_VALUE);
  }

  /** From when on it is absent for lookups. */
  long expires() {
    long kept = keptUntil();
    return kept == Times.NEVER ? kept : kept - staleMs();
  }

  /** From when on it is of no use to anybody. */
  long keptUntil() {
    long word = word();
    return (word & NEVER) != 0 ? Times.NEVER : word & TIME;
  }

  /** When the value was stored. */
  long written() {
    return has(FLAG_WRITTEN)
        ? (int) INT.get(bytes, WORD_BYTES) & 0xFFFF_FFFFL
            | (bytes[WORD_BYTES + 4] & 0xFFL) << 32
            | (bytes[WORD_BYTES + 5] & 0xFFL) << 40
        : word() & TIME;
  }

  boolean isValue(byte[] other) {
    return Arrays.equals(bytes, payload(), bytes.length, other, 0, other.length);
  }
}
