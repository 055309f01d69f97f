package io.tophash.core.fault;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * One damage to an image, drawn from a seed.
 *
 * @param kind what was done, e.g. "bit"
 * @param region where, e.g. "records"
 * @param detail the same with positions
 * @param bytes the damaged file
 */
record Fault(String kind, String region, String detail, byte[] bytes) {
  private static final int PAGE = 4096;
  private static final long[] EVIL = {
    0,
    1,
    -1,
    2,
    3,
    7,
    8,
    40,
    0x4000,
    0x10000,
    1 << 20,
    0x1_0000_0000L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    -8
  };

  /** Kinds that change bytes in place, the commoner ones more than once. */
  private static final String[] KINDS = {
    "bit",
    "bit",
    "bit",
    "bits",
    "word",
    "word",
    "bytes",
    "zeroed page",
    "swapped pages",
    "old page",
    "old page",
    "cut at a page",
    "cut anywhere",
    "garbage behind"
  };

  static Fault of(Image image, List<Region> regions, Random random) {
    String kind = KINDS[random.nextInt(KINDS.length)];
    byte[] bytes = image.bytes().clone();
    return switch (kind) {
      case "bit" -> flip(bytes, regions, 1, random);
      case "bits" -> flip(bytes, regions, 2 + random.nextInt(6), random);
      case "word" -> word(bytes, regions, random);
      case "bytes" -> overwrite(bytes, regions, random);
      case "zeroed page" -> {
        Region region = pick(regions, random);
        int page = position(bytes, region, random) / PAGE;
        Arrays.fill(bytes, page * PAGE, end(bytes, page), (byte) 0);
        yield new Fault(kind, region.name(), kind + " page=" + page, bytes);
      }
      case "swapped pages" -> swap(bytes, regions, random);
      case "old page" -> old(image, bytes, random);
      case "cut at a page" -> cut(bytes, (1 + random.nextInt(bytes.length / PAGE - 1)) * PAGE);
      case "cut anywhere" -> cut(bytes, 1 + random.nextInt(bytes.length - 1));
      default -> {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(3 * PAGE));
        for (int i = bytes.length; i < longer.length; i++) {
          longer[i] = (byte) random.nextInt();
        }
        String detail = kind + " bytes=" + (longer.length - bytes.length);
        yield new Fault(kind, "file", detail, longer);
      }
    };
  }

  /** The file cut at a length. */
  static Fault cut(byte[] bytes, int length) {
    String kind = length % PAGE == 0 ? "cut at a page" : "cut anywhere";
    return new Fault(kind, "file", "cut length=" + length, Arrays.copyOf(bytes, length));
  }

  /** A region, each name with the same chance. */
  private static Region pick(List<Region> regions, Random random) {
    TreeMap<String, Integer> names = new TreeMap<>();
    regions.forEach(region -> names.merge(region.name(), 1, Integer::sum));
    String name = List.copyOf(names.keySet()).get(random.nextInt(names.size()));
    int which = random.nextInt(names.get(name));
    for (Region region : regions) {
      if (region.name().equals(name) && which-- == 0) {
        return region;
      }
    }
    throw new AssertionError();
  }

  /** A byte of the region, rather one in a word that is not zero. */
  private static int position(byte[] bytes, Region region, Random random) {
    int to = Math.min(region.to(), bytes.length);
    int from = Math.min(region.from(), to - 1);
    int position = from;
    for (int i = 0; i < 8; i++) {
      position = from + random.nextInt(to - from);
      for (int at = position & -8; at < (position & -8) + 8 && at < bytes.length; at++) {
        if (bytes[at] != 0) {
          return position;
        }
      }
    }
    return position;
  }

  private static Fault flip(byte[] bytes, List<Region> regions, int bits, Random random) {
    Region region = pick(regions, random);
    StringBuilder detail = new StringBuilder("flip");
    for (int i = 0; i < bits; i++) {
      int position = position(bytes, region, random);
      int bit = random.nextInt(8);
      bytes[position] ^= (byte) (1 << bit);
      detail.append(" position=").append(position).append(" bit=").append(bit);
    }
    return new Fault(bits == 1 ? "bit" : "bits", region.name(), detail.toString(), bytes);
  }

  private static Fault word(byte[] bytes, List<Region> regions, Random random) {
    Region region = pick(regions, random);
    int width = random.nextBoolean() ? 8 : 4;
    int position = position(bytes, region, random) & -width;
    long value =
        switch (random.nextInt(4)) {
          case 0 -> EVIL[random.nextInt(EVIL.length)];
          case 1 -> read(bytes, position, width) + random.nextInt(64) - 32;
          case 2 -> read(bytes, position(bytes, region, random) & -width, width);
          default -> random.nextLong() >>> random.nextInt(64);
        };
    for (int i = 0; i < width && position + i < bytes.length; i++) {
      bytes[position + i] = (byte) (value >>> 8 * i);
    }
    String detail = "word position=" + position + " width=" + width + " value=" + value;
    return new Fault("word", region.name(), detail, bytes);
  }

  private static long read(byte[] bytes, int position, int width) {
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = value << 8 | (position + i < bytes.length ? bytes[position + i] & 0xFF : 0);
    }
    return value;
  }

  private static Fault overwrite(byte[] bytes, List<Region> regions, Random random) {
    Region region = pick(regions, random);
    int position = position(bytes, region, random);
    int length = Math.min(1 + random.nextInt(64), bytes.length - position);
    for (int i = 0; i < length; i++) {
      bytes[position + i] = (byte) random.nextInt();
    }
    String detail = "bytes position=" + position + " length=" + length;
    return new Fault("bytes", region.name(), detail, bytes);
  }

  private static int end(byte[] bytes, int page) {
    return Math.min((page + 1) * PAGE, bytes.length);
  }

  private static Fault swap(byte[] bytes, List<Region> regions, Random random) {
    Region region = pick(regions, random);
    int one = position(bytes, region, random) / PAGE * PAGE;
    int other = position(bytes, pick(regions, random), random) / PAGE * PAGE;
    int length = Math.min(PAGE, bytes.length - Math.max(one, other));
    byte[] copy = Arrays.copyOfRange(bytes, one, one + length);
    System.arraycopy(bytes, other, bytes, one, length);
    System.arraycopy(copy, 0, bytes, other, length);
    String detail = "swapped pages " + one / PAGE + " and " + other / PAGE;
    return new Fault("swapped pages", region.name(), detail, bytes);
  }

  /** Puts the older copy of a page back that has changed since. */
  private static Fault old(Image image, byte[] bytes, Random random) {
    int pages = Math.min(image.older().length, bytes.length) / PAGE;
    int page = random.nextInt(pages);
    for (int i = 0; i < pages && isSame(image, page); i++) {
      page = page + 1 == pages ? 0 : page + 1;
    }
    System.arraycopy(image.older(), page * PAGE, bytes, page * PAGE, PAGE);
    return new Fault("old page", "any", "old page=" + page, bytes);
  }

  private static boolean isSame(Image image, int page) {
    int from = page * PAGE;
    return Arrays.equals(image.bytes(), from, from + PAGE, image.older(), from, from + PAGE);
  }
}
