package io.tophash.sync.crash;

import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * What the device may hold of a file: of each sector all that it was since it was last forced. A
 * power cut leaves any of these versions of each sector, and of each word of a sector.
 */
final class DiskLog implements AutoCloseable {
  static final int SECTOR = 512;

  /** How a power cut mixes old and new. */
  enum Mix {
    ALL_OLD,
    ALL_NEW,
    NEW_BUT_ONE,
    OLD_BUT_ONE,
    PER_STRUCTURE,
    PER_SECTOR,
    PER_WORD
  }

  private final Path path;
  private byte[] durable;
  // Versions since the last force, the newest last; the durable one is not among them.
  private final Map<Integer, List<byte[]>> versions = new TreeMap<>();
  private FileChannel channel;
  private long lastPosition;
  private int lastLength;

  /**
   * @param durable what the device holds to begin with
   */
  DiskLog(Path path, byte[] durable) {
    this.path = path;
    this.durable = durable;
  }

  private byte[] read(long position, int length) {
    try {
      if (channel == null) {
        Path named = Files.exists(path) ? path : path.resolveSibling(path.getFileName() + ".new");
        channel = FileChannel.open(named, StandardOpenOption.READ);
      }
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {}
      return bytes.array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next thing is this store. */
  void storing(long position, int length) {
    complete();
    lastPosition = position;
    lastLength = length;
  }

  /** All stores so far have been made. */
  void complete() {
    if (lastLength > 0) {
      int length = lastLength;
      lastLength = 0;
      note(lastPosition, length);
    }
  }

  /** The bytes of these sectors may have changed. */
  private void note(long position, int length) {
    int first = (int) (position / SECTOR);
    int end = (int) ((position + length + SECTOR - 1) / SECTOR);
    byte[] now = read((long) first * SECTOR, (end - first) * SECTOR);
    for (int sector = first; sector < end; sector++) {
      byte[] version =
          Arrays.copyOfRange(now, (sector - first) * SECTOR, (sector - first + 1) * SECTOR);
      List<byte[]> known = versions.get(sector);
      byte[] latest = known == null ? durable(sector) : known.get(known.size() - 1);
      if (!Arrays.equals(latest, version)) {
        versions.computeIfAbsent(sector, s -> new ArrayList<>()).add(version);
      }
    }
  }

  private byte[] durable(int sector) {
    int from = sector * SECTOR;
    return from >= durable.length
        ? new byte[SECTOR]
        : Arrays.copyOf(Arrays.copyOfRange(durable, from, from + SECTOR), SECTOR);
  }

  /** The system has written something itself. */
  void zeroed(long position, long length) {
    complete();
    note(position, (int) length);
  }

  /** A part of the file is on the device, as it is now. */
  void forced(long position, long length) {
    complete();
    int first = (int) (position / SECTOR);
    int end = (int) ((position + length + SECTOR - 1) / SECTOR);
    int needed = end * SECTOR;
    if (durable.length < needed) {
      durable = Arrays.copyOf(durable, needed);
    }
    versions
        .entrySet()
        .removeIf(
            entry -> {
              int sector = entry.getKey();
              if (sector < first || sector >= end) {
                return false;
              }
              List<byte[]> known = entry.getValue();
              System.arraycopy(known.get(known.size() - 1), 0, durable, sector * SECTOR, SECTOR);
              return true;
            });
  }

  /** Number of mixtures of whole sectors; {@link Long#MAX_VALUE} if they are too many. */
  long mixtures() {
    complete();
    long product = 1;
    for (List<byte[]> known : versions.values()) {
      product *= known.size() + 1;
      if (product > 1 << 20) {
        return Long.MAX_VALUE;
      }
    }
    return product;
  }

  /** The n-th mixture of whole sectors. */
  byte[] mixture(long n) {
    long[] rest = {n};
    return image(
        count -> {
          int choice = (int) (rest[0] % count);
          rest[0] /= count;
          return choice;
        });
  }

  /** A mixture of this kind. */
  byte[] image(Mix mix, Random random) {
    complete();
    switch (mix) {
      case ALL_OLD:
        return image(count -> 0);
      case ALL_NEW:
        return image(count -> count - 1);
      case NEW_BUT_ONE:
      case OLD_BUT_ONE:
        boolean isNew = mix == Mix.NEW_BUT_ONE;
        int one = random.nextInt(Math.max(1, versions.size()));
        int[] index = {0};
        return image(count -> index[0]++ == one ? random.nextInt(count) : isNew ? count - 1 : 0);
      case PER_STRUCTURE:
        return perStructure(random.nextInt(1 << 8));
      case PER_SECTOR:
        return image(random::nextInt);
      default:
        return perWord(random);
    }
  }

  private byte[] blank() {
    int last = versions.keySet().stream().mapToInt(s -> s).max().orElse(0);
    long length = Math.max(durable.length, (last + 1L) * SECTOR);
    try {
      Path named = Files.exists(path) ? path : path.resolveSibling(path.getFileName() + ".new");
      length = Math.max(length, Files.size(named));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Arrays.copyOf(durable, (int) length);
  }

  private byte[] image(IntUnaryOperator choice) {
    complete();
    byte[] image = blank();
    versions.forEach(
        (sector, known) -> {
          int chosen = choice.applyAsInt(known.size() + 1);
          if (chosen > 0) {
            System.arraycopy(known.get(chosen - 1), 0, image, sector * SECTOR, SECTOR);
          }
        });
    return image;
  }

  private byte[] perWord(Random random) {
    byte[] image = blank();
    versions.forEach(
        (sector, known) -> {
          for (int word = 0; word < SECTOR; word += 8) {
            int chosen = random.nextInt(known.size() + 1);
            if (chosen > 0) {
              System.arraycopy(known.get(chosen - 1), word, image, sector * SECTOR + word, 8);
            }
          }
        });
    return image;
  }

  private byte[] perStructure(int newOnes) {
    byte[] image = blank();
    versions.forEach(
        (sector, known) -> {
          if ((newOnes >>> structure((long) sector * SECTOR) & 1) != 0) {
            System.arraycopy(known.get(known.size() - 1), 0, image, sector * SECTOR, SECTOR);
          }
        });
    return image;
  }

  /** Number of the structure in which a position lies, 0 to 7. */
  private static int structure(long position) {
    if (position >= RegionLayout.EXTENT_BYTES) {
      return position % RegionLayout.EXTENT_BYTES < 1024 ? 6 : 7;
    }
    return position < RegionLayout.FIRST_TABLE
        ? 0
        : position < RegionLayout.ROOTS
            ? 1
            : position < RegionLayout.EPOCHS
                ? 2
                : position < RegionLayout.SHARDS ? 3 : position < RegionLayout.PROCESSES ? 4 : 5;
  }

  /** The file as processes see it. */
  byte[] now() {
    return image(Mix.ALL_NEW, new Random(0));
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
