package io.tophash.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A value as it stands in the file: the encoded value behind a header that says when it expires and
 * what else it was stored with. Immutable.
 *
 * <pre>
 * | flags 1 | expires 8 | written 8 | stale 4, if flagged | the value |
 * </pre>
 *
 * <p>{@code expires} is the time at which the record is of no use any more, {@code stale} how many
 * milliseconds before that the entry is absent, unless a loader fails.
 */
final class Stored {
  private static final int FLAG_STALE = 1;

  private static final int EXPIRES = 1;
  private static final int WRITTEN = 9;
  private static final int STALE = 17;

  private final byte[] bytes;
  private final ByteBuffer fields;

  Stored(byte[] bytes) {
    this.bytes = bytes;
    this.fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < STALE || bytes.length < payload()) {
      throw new IllegalArgumentException(
          "too short for an entry of a cache, bytes=" + bytes.length);
    }
  }

  /**
   * Begins an entry; the value is written behind {@link #payload}.
   *
   * @param expires when it is absent for lookups, {@link Times#NEVER} for never
   * @param staleMs for how long it is kept afterwards
   */
  static byte[] header(long expires, long written, long staleMs, int valueBytes) {
    boolean keeps = staleMs > 0 && expires != Times.NEVER;
    byte[] bytes = new byte[Math.addExact(keeps ? STALE + 4 : STALE, valueBytes)];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.put(0, (byte) (keeps ? FLAG_STALE : 0));
    int stale = (int) Math.min(Integer.MAX_VALUE, staleMs);
    fields.putLong(EXPIRES, keeps ? Times.after(expires, stale) : expires);
    fields.putLong(WRITTEN, written);
    if (keeps) {
      fields.putInt(STALE, stale);
    }
    return bytes;
  }

  /** The same with another time at which it is absent for lookups. */
  Stored withExpires(long expires) {
    byte[] copy = bytes.clone();
    long kept = expires == Times.NEVER ? Times.NEVER : Times.after(expires, staleMs());
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(EXPIRES, kept);
    return new Stored(copy);
  }

  byte[] bytes() {
    return bytes;
  }

  /** Where the value begins. */
  int payload() {
    return (bytes[0] & FLAG_STALE) == 0 ? STALE : STALE + 4;
  }

  private int staleMs() {
    return (bytes[0] & FLAG_STALE) == 0 ? 0 : fields.getInt(STALE);
  }

  /** From when on it is absent for lookups. */
  long expires() {
    long kept = keptUntil();
    return kept == Times.NEVER ? kept : kept - staleMs();
  }

  /** From when on it is of no use to anybody. */
  long keptUntil() {
    return fields.getLong(EXPIRES);
  }

  /** When the value was stored. */
  long written() {
    return fields.getLong(WRITTEN);
  }

  boolean isValue(byte[] other) {
    int from = payload();
    return java.util.Arrays.equals(bytes, from, bytes.length, other, 0, other.length);
  }
}
