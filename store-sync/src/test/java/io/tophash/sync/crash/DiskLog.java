package io.tophash.sync.crash;

import io.tophash.sync.format.RegionLayout;
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
final class DiskLog {
  private static final int SECTOR = Sectors.SIZE;

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

  private final Sectors durable;
  // Versions since the last force, the newest last; the durable one is not among them.
  private final Map<Integer, List<byte[]>> versions = new TreeMap<>();

  /**
   * @param durable what the device holds to begin with, which is this one's from now on
   */
  DiskLog(Sectors durable) {
    this.durable = durable;
  }

  /** These sectors were written: they are so now, and whatever they were since the last force. */
  void written(long position, byte[] now, int from, int length) {
    int first = (int) (position / SECTOR);
    for (int done = 0; done < length; done += SECTOR) {
      int sector = first + done / SECTOR;
      List<byte[]> known = versions.get(sector);
      byte[] latest = known == null ? durable.get(sector) : known.get(known.size() - 1);
      int at = from + done;
      if (!Arrays.equals(latest, 0, SECTOR, now, at, at + SECTOR)) {
        boolean isZeros = Arrays.equals(Sectors.ZEROS, 0, SECTOR, now, at, at + SECTOR);
        versions
            .computeIfAbsent(sector, s -> new ArrayList<>())
            .add(isZeros ? Sectors.ZEROS : Arrays.copyOfRange(now, at, at + SECTOR));
      }
    }
  }

  /** A part of the file is on the device, as it is now. */
  void forced(long position, long length) {
    int first = (int) (position / SECTOR);
    int end = (int) ((position + length + SECTOR - 1) / SECTOR);
    durable.grow(end * SECTOR);
    versions
        .entrySet()
        .removeIf(
            entry -> {
              int sector = entry.getKey();
              if (sector < first || sector >= end) {
                return false;
              }
              List<byte[]> known = entry.getValue();
              durable.put(sector, known.get(known.size() - 1));
              return true;
            });
  }

  /** All of it is on the device. */
  void forced() {
    forced(0, length());
  }

  /** Length of what was written. */
  int length() {
    int last = versions.keySet().stream().mapToInt(s -> s + 1).max().orElse(0);
    return Math.max(durable.bytes(), last * SECTOR);
  }

  /** Number of mixtures of whole sectors; {@link Long#MAX_VALUE} if they are too many. */
  long mixtures() {
    long product = 1;
    for (List<byte[]> known : versions.values()) {
      product *= known.size() + 1;
      if (product > 1 << 20) {
        return Long.MAX_VALUE;
      }
    }
    return product;
  }

  /** The n-th mixture of whole sectors, at least so long. */
  Sectors mixture(long n, int length) {
    long[] rest = {n};
    return image(
        length,
        count -> {
          int choice = (int) (rest[0] % count);
          rest[0] /= count;
          return choice;
        });
  }

  /** A mixture of this kind, at least so long. */
  Sectors image(Mix mix, Random random, int length) {
    switch (mix) {
      case ALL_OLD:
        return image(length, count -> 0);
      case ALL_NEW:
        return image(length, count -> count - 1);
      case NEW_BUT_ONE:
      case OLD_BUT_ONE:
        boolean isNew = mix == Mix.NEW_BUT_ONE;
        int one = random.nextInt(Math.max(1, versions.size()));
        int[] index = {0};
        return image(
            length, count -> index[0]++ == one ? random.nextInt(count) : isNew ? count - 1 : 0);
      case PER_STRUCTURE:
        return perStructure(random.nextInt(1 << 8), length);
      case PER_SECTOR:
        return image(length, random::nextInt);
      default:
        return perWord(random, length);
    }
  }

  private Sectors blank(int length) {
    return durable.copy(Math.max(length, length()));
  }

  private Sectors image(int length, IntUnaryOperator choice) {
    Sectors image = blank(length);
    versions.forEach(
        (sector, known) -> {
          int chosen = choice.applyAsInt(known.size() + 1);
          if (chosen > 0) {
            image.put(sector, known.get(chosen - 1));
          }
        });
    return image;
  }

  private Sectors perWord(Random random, int length) {
    Sectors image = blank(length);
    versions.forEach(
        (sector, known) -> {
          byte[] mixed = image.get(sector).clone();
          for (int word = 0; word < SECTOR; word += 8) {
            int chosen = random.nextInt(known.size() + 1);
            if (chosen > 0) {
              System.arraycopy(known.get(chosen - 1), word, mixed, word, 8);
            }
          }
          image.put(sector, mixed);
        });
    return image;
  }

  private Sectors perStructure(int newOnes, int length) {
    Sectors image = blank(length);
    versions.forEach(
        (sector, known) -> {
          if ((newOnes >>> structure((long) sector * SECTOR) & 1) != 0) {
            image.put(sector, known.get(known.size() - 1));
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
}
