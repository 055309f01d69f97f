package io.tophash.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A value as it stands in the file: the encoded value behind a header that says when it expires and
 * what else it was stored with. Immutable.
 *
 * <pre>
 * | expires 8 | flags 1 | written 8 | stale 4, if flagged | tag 8, if flagged | the value |
 * </pre>
 *
 * <p>The lower 48 bits of {@code expires} are the time from which on the record is of no use any
 * more; the upper 16 name the process that is refreshing the value, 0 if none is. {@code stale} is
 * how many milliseconds before that time the entry is absent, unless a loader fails. {@code tag} is
 * the number of a tag word, 12 bits, and what that was when the value was stored, 48 bits: the
 * value is present as long as it still is.
 *
 * <p>A <i>lease</i> says that a process is loading the key, which is absent meanwhile. Its value is
 * {owner 8, number 8, and the stale entry that it replaced, if there was one}.
 */
final class Stored {
  private static final int FLAG_STALE = 1;
  private static final int FLAG_TAG = 2;
  private static final int FLAG_LEASE = 4;

  private static final int FLAGS = 8;
  private static final int WRITTEN = 9;
  private static final int FIELDS = 17;
  private static final int LEASE_BYTES = 16;
  private static final int CLAIM_SHIFT = 48;
  private static final int TAG_SHIFT = 48;
  private static final long TAG_VALUE = (1L << TAG_SHIFT) - 1;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  // The value itself, once somebody who keeps this has decoded it; null before.
  private volatile Object decoded;

  Stored(byte[] bytes) {
    this.bytes = bytes;
    if (bytes.length < FIELDS || bytes.length < payload()) {
      throw new IllegalArgumentException(
          "too short for an entry of a cache, bytes=" + bytes.length);
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
    boolean keeps = staleMs > 0 && expires != Times.NEVER;
    int header = FIELDS + (keeps ? 4 : 0) + (tag < 0 ? 0 : 8);
    byte[] bytes = new byte[Math.addExact(header, valueBytes)];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int stale = (int) Math.min(Integer.MAX_VALUE, staleMs);
    fields.putLong(keeps ? Times.after(expires, stale) : expires);
    fields.put((byte) ((keeps ? FLAG_STALE : 0) | (tag < 0 ? 0 : FLAG_TAG)));
    fields.putLong(written);
    if (keeps) {
      fields.putInt(stale);
    }
    if (tag >= 0) {
      fields.putLong(tag);
    }
    return bytes;
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
    byte[] bytes = new byte[FIELDS + LEASE_BYTES + kept.length];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.putLong(expires).put((byte) FLAG_LEASE).putLong(written).putLong(owner).putLong(number);
    fields.put(kept);
    return new Stored(bytes);
  }

  boolean isLease() {
    return (bytes[FLAGS] & FLAG_LEASE) != 0;
  }

  /** The process that loads, of a lease. */
  long owner() {
    return longAt(FIELDS);
  }

  /** What the key had before the lease; null if nothing. */
  Stored beforeLease() {
    int from = FIELDS + LEASE_BYTES;
    return bytes.length == from ? null : new Stored(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  /** The same with another time at which it is absent for lookups. */
  long withExpires(long expires) {
    return expires == Times.NEVER ? Times.NEVER : Times.after(expires, staleMs());
  }

  /** The word that says that a process is refreshing this. */
  long withClaim(int claim) {
    return keptUntil() | (long) claim << CLAIM_SHIFT;
  }

  /** The same entry with another first word. */
  Stored with(long word) {
    byte[] copy = bytes.clone();
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(0, word);
    return new Stored(copy);
  }

  /** The process that is refreshing this, 0 if none is. */
  int claim() {
    return (int) (longAt(0) >>> CLAIM_SHIFT);
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

  private long longAt(int offset) {
    return (long) LONG.get(bytes, offset);
  }

  /** Where the value begins. */
  int payload() {
    int flags = bytes[FLAGS];
    return FIELDS + ((flags & FLAG_STALE) == 0 ? 0 : 4) + ((flags & FLAG_TAG) == 0 ? 0 : 8);
  }

  private int staleMs() {
    return (bytes[FLAGS] & FLAG_STALE) == 0 ? 0 : (int) INT.get(bytes, FIELDS);
  }

  boolean hasTag() {
    return (bytes[FLAGS] & FLAG_TAG) != 0;
  }

  /** The tag with the word that it had, see {@link #tag(int, long)}. */
  long tag() {
    return longAt((bytes[FLAGS] & FLAG_STALE) == 0 ? FIELDS : FIELDS + 4);
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
    return longAt(0) & Times.NEVER;
  }

  /** When the value was stored. */
  long written() {
    return longAt(WRITTEN);
  }

  boolean isValue(byte[] other) {
    return Arrays.equals(bytes, payload(), bytes.length, other, 0, other.length);
  }
}
