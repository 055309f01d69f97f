package io.tophash.core.testing;

import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Damages a closed store in many ways, one at a time, and counts in how many cases entries are
 * absent, or their number is wrong, though no call has said that anything is damaged.
 */
public final class SilentDamage {
  private static final int PAGE = 4096;
  private static final int KINDS = 5;

  /** A store of keys with numbers from 0 on. */
  public interface Subject {
    /** Opens it. */
    Opened open(Path path, boolean readOnly);
  }

  /** An open store. */
  public interface Opened extends AutoCloseable {
    /** True if the key with this number is there. */
    boolean has(int key);

    /** Number of entries. */
    long size();

    /** Number of entries that a walk meets. */
    long walk();

    /** True if {@code verify()} finds nothing. */
    boolean isClean();

    @Override
    void close();
  }

  private final Subject subject;
  private final int keys;
  private final Path path;
  private final byte[] whole;
  private int cases;
  private int refused;
  private int reported;
  private int absent;
  private int wrongSize;
  private int unfound;
  private final StringBuilder details = new StringBuilder();
  private String damage;

  /**
   * @param path of a whole store, which is damaged here
   * @param keys number of its entries
   */
  public SilentDamage(Subject subject, Path path, int keys) throws IOException {
    this.subject = subject;
    this.path = path;
    this.keys = keys;
    this.whole = Files.readAllBytes(path);
  }

  /** Tries so many damages. */
  public void run(long seed, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Random random = new Random(seed * 31 + i);
      Files.write(path, damage(random));
      one(random.nextBoolean());
    }
    Files.write(path, whole);
  }

  private byte[] damage(Random random) {
    byte[] bytes = whole.clone();
    while (Arrays.equals(bytes, whole)) {
      int at = position(random);
      int page = at / PAGE * PAGE;
      int kind = random.nextInt(KINDS);
      damage = "kind=" + kind + " position=" + at;
      switch (kind) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> {
          for (int i = 0; i < 8; i++) {
            bytes[position(random)] ^= (byte) (1 << random.nextInt(8));
          }
        }
        case 2 -> {
          byte[] other = new byte[Math.min(1 + random.nextInt(64), bytes.length - at)];
          random.nextBytes(other);
          System.arraycopy(other, 0, bytes, at, other.length);
        }
        case 3 -> Arrays.fill(bytes, page, Math.min(page + PAGE, bytes.length), (byte) 0);
        default -> {
          int second = position(random) / PAGE * PAGE;
          damage += " second=" + second;
          int length = Math.min(PAGE, bytes.length - Math.max(page, second));
          System.arraycopy(whole, page, bytes, second, length);
          System.arraycopy(whole, second, bytes, page, length);
        }
      }
    }
    return bytes;
  }

  /** A place in the file, rather one that is not zero. */
  private int position(Random random) {
    int at = 0;
    for (int i = 0; i < 50; i++) {
      at = random.nextInt(whole.length);
      if (whole[at] != 0) {
        return at;
      }
    }
    return at;
  }

  private void one(boolean readOnly) {
    cases++;
    Opened store;
    try {
      store = subject.open(path, readOnly);
    } catch (StoreException e) {
      refused++;
      return;
    }
    try (store) {
      look(store);
    } catch (StoreException e) {
      // A close that fails has said it, too.
    }
  }

  private void look(Opened store) {
    boolean isReported = false;
    boolean isAbsent = false;
    for (int key = 0; key < keys; key++) {
      try {
        isAbsent |= !store.has(key);
      } catch (StoreException e) {
        isReported = true;
      }
    }
    boolean isSizeWrong = false;
    try {
      isSizeWrong = store.size() != keys;
    } catch (StoreException e) {
      isReported = true;
    }
    try {
      isAbsent |= store.walk() < keys;
    } catch (StoreException e) {
      isReported = true;
    }
    reported += isReported ? 1 : 0;
    absent += isAbsent ? 1 : 0;
    wrongSize += isSizeWrong ? 1 : 0;
    if (isAbsent || isSizeWrong) {
      details.append("\n  ").append(damage).append(isAbsent ? " absent" : " size");
    }
    unfound += (isAbsent || isSizeWrong) && isFoundClean(store) ? 1 : 0;
  }

  private static boolean isFoundClean(Opened store) {
    try {
      return store.isClean();
    } catch (StoreException e) {
      return false;
    }
  }

  /** Damages that were tried. */
  public int cases() {
    return cases;
  }

  /** Those in which a key was absent, or not met by a walk, without an exception of that call. */
  public int absent() {
    return absent;
  }

  /** Those in which the number of entries was wrong. */
  public int wrongSize() {
    return wrongSize;
  }

  /** Those of either kind in which {@code verify()} found nothing. */
  public int unfound() {
    return unfound;
  }

  @Override
  public String toString() {
    return "damaged="
        + cases
        + " refused="
        + refused
        + " reported="
        + reported
        + " absentInSilence="
        + absent
        + " wrongSize="
        + wrongSize
        + " notFoundByVerify="
        + unfound
        + " fileBytes="
        + whole.length
        + details;
  }
}
