package io.tophash.sync;

import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.log.ChangeReader;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A place in the changes of one store, to be kept by who follows it, and to go on from in this
 * process or another.
 *
 * <p>Immutable.
 */
public final class ChangePosition {
  /** "TOPHPOS" and the version of what follows. */
  private static final long MAGIC = 0x54_4F_50_48_50_4F_53_01L;

  private static final int MOST_LANES = 1 << RegionLayout.MAX_SHARD_SHIFT;

  private final long storeId;
  private final ChangeReader.Place place;

  ChangePosition(long storeId, ChangeReader.Place place) {
    this.storeId = storeId;
    this.place = place;
  }

  ChangeReader.Place place() {
    return place;
  }

  void checkIsOf(Path store, long id, int shardCount) {
    if (storeId != id || place.lanes().length != shardCount) {
      throw new IllegalArgumentException(
          "this is a position in the changes of another store; take one of this store's: the"
              + " changePosition() of a snapshot(), store="
              + store
              + " storeId="
              + id
              + " position={"
              + this
              + "}");
    }
  }

  /** What {@link #of} makes the position of: 36 bytes and 8 for each shard, 548 at most. */
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(4 * 8 + 8 * place.lanes().length + 4);
    bytes.putLong(MAGIC).putLong(storeId).putLong(place.run()).putLong(place.batch());
    for (long lane : place.lanes()) {
      bytes.putLong(lane);
    }
    return bytes.putInt(checksum(bytes)).array();
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), 0, bytes.position());
    return (int) crc.getValue();
  }

  /**
   * The position that was written so.
   *
   * @throws IllegalArgumentException if these are not the bytes of one
   */
  public static ChangePosition of(byte[] bytes) {
    ByteBuffer source = ByteBuffer.wrap(bytes.clone());
    try {
      if (source.getLong() != MAGIC) {
        throw noPosition("they do not begin as one, or are of another version", bytes);
      }
      long storeId = source.getLong();
      long run = source.getLong();
      long batch = source.getLong();
      long[] lanes = new long[source.remaining() / 8];
      for (int i = 0; i < lanes.length; i++) {
        lanes[i] = source.getLong();
      }
      if (source.getInt(source.limit() - 4) != checksum(source)
          || source.remaining() != 4
          || Integer.bitCount(lanes.length) != 1
          || lanes.length > MOST_LANES) {
        throw noPosition("some of them were changed or are missing", bytes);
      }
      return new ChangePosition(storeId, new ChangeReader.Place(run, batch, lanes));
    } catch (BufferUnderflowException e) {
      throw noPosition("they are too few", bytes);
    }
  }

  private static IllegalArgumentException noPosition(String why, byte[] bytes) {
    return new IllegalArgumentException(
        "these bytes are no position of changes: "
            + why
            + "; give those that toBytes() returned, or begin again with a snapshot() and its"
            + " changePosition(), bytes="
            + bytes.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChangePosition position && Arrays.equals(toBytes(), position.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "storeId="
        + storeId
        + " run="
        + Long.toHexString(place.run())
        + " batch="
        + place.batch()
        + " lanes="
        + Arrays.toString(place.lanes());
  }
}
