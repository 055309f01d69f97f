package io.tophash.sync.crash;

import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.RootLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.ShardState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import java.util.zip.CRC32C;

/** What a broken variant of a store does, which the simulation of power cuts must notice. */
interface Sabotage {
  Sabotage NONE = new Sabotage() {};

  /** At a named point; the words of the file are as processes see them. */
  default void at(String point, ByteBuffer words) {}

  /** False if this force shall have no effect. */
  default boolean believes(long position, long length) {
    return true;
  }

  /** False if the force of a file of the log shall have no effect. */
  default boolean believesLog() {
    return true;
  }

  /** True if a follower shall pass changes by. */
  default boolean passesChangesBy() {
    return false;
  }

  static Sabotage ofTheFollower() {
    return new Sabotage() {
      @Override
      public boolean passesChangesBy() {
        return true;
      }
    };
  }

  /**
   * Lets a variant do what it does at a point.
   *
   * @return true if the first extent may have changed
   */
  static boolean strike(Sabotage sabotage, Path path, String point) {
    if (sabotage == NONE) {
      return false;
    }
    Path there = Files.exists(path) ? path : path.resolveSibling(path.getFileName() + ".new");
    if (!Files.exists(there)) {
      return false;
    }
    try (RandomAccessFile file = new RandomAccessFile(there.toFile(), "rw")) {
      if (file.length() >= RegionLayout.EXTENT_BYTES) {
        ByteBuffer words =
            file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, RegionLayout.EXTENT_BYTES);
        sabotage.at(point, words.order(ByteOrder.LITTLE_ENDIAN));
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Which force is believed. */
  interface Forces {
    boolean believes(long position, long length);
  }

  static Sabotage forces(Forces forces) {
    return new Sabotage() {
      @Override
      public boolean believes(long position, long length) {
        return forces.believes(position, length);
      }
    };
  }

  static Sabotage noForceOfTheLog() {
    return new Sabotage() {
      @Override
      public boolean believesLog() {
        return false;
      }
    };
  }

  static Sabotage words(String where, Consumer<Words> what) {
    return new Sabotage() {
      @Override
      public void at(String point, ByteBuffer file) {
        if (point.equals(where)) {
          what.accept(new Words(file));
        }
      }
    };
  }

  /** The words of a store that a variant sets; of at most two shards. */
  record Words(ByteBuffer file) {
    void put(int field, long value) {
      file.putLong(RegionLayout.EPOCHS + field, value);
    }

    void xor(int field, long bits) {
      put(field, file.getLong(RegionLayout.EPOCHS + field) ^ bits);
    }

    long durable() {
      return file.getLong(RegionLayout.EPOCHS + EpochLayout.DURABLE);
    }

    private void eachState(LongUnaryOperator change) {
      for (int shard = 0; shard < 2; shard++) {
        int at = RegionLayout.shard(shard) + ShardLayout.STATE;
        file.putLong(at, change.applyAsLong(file.getLong(at)));
      }
    }

    void keepFresh() {
      eachState(state -> state | ShardState.DIRECTORY_FRESH);
    }

    /** The next checkpoint gets the number of this one. */
    void numberAgain() {
      put(EpochLayout.CUTTING, durable() - 1);
      eachState(state -> ShardState.of(durable() - 1));
    }

    void logNothing() {
      eachState(state -> state & ~ShardState.LOGGED);
    }

    /** The root that is about to be forced says something else, in both copies. */
    void changeRoot(int field, long plus) {
      int slot = 1 - (int) file.getLong(RegionLayout.EPOCHS + EpochLayout.ROOT_SLOT);
      for (int copy = 0; copy < RootLayout.COPIES; copy++) {
        int base = RootLayout.slot(slot) + copy * RootLayout.COPY_BYTES;
        file.putLong(base + field, file.getLong(base + field) + plus);
        CRC32C crc = new CRC32C();
        crc.update(file.slice(base, RootLayout.CHECKSUM));
        crc.update(file.slice(base + RootLayout.SHARDS, RootLayout.COPY_BYTES - RootLayout.SHARDS));
        file.putInt(base + RootLayout.CHECKSUM, (int) crc.getValue());
      }
    }
  }

  /** Puts the other root back that a recovery has destroyed: the newest one that was there. */
  final class KeptRoot implements Sabotage {
    private final byte[] newest = new byte[RootLayout.COPY_BYTES];

    @Override
    public void at(String point, ByteBuffer file) {
      if (point.equals("checkpoint.written") || point.equals("checkpoint.rooted")) {
        int other = 1 - (int) file.getLong(RegionLayout.EPOCHS + EpochLayout.ROOT_SLOT);
        file.get(RootLayout.slot(other), newest);
      } else if (point.equals("recovery.shards")) {
        int slot = (int) file.getLong(RegionLayout.EPOCHS + EpochLayout.ROOT_SLOT);
        file.put(RootLayout.slot(1 - slot), newest);
      }
    }
  }
}
