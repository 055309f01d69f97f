package io.tophash.core.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The stores to a file since a moment when all were certain, and from them what a kill can leave
 * there.
 *
 * <p>The compiler may move stores. What it may not do: move an earlier store behind a release
 * store, or any store across a fence or a system call. So a kill leaves some set S of the stores,
 * such that with a release store all stores before it are in S, and with a store behind a fence all
 * stores before the fence. A store of more than eight bytes is many stores.
 */
public final class StoreLog implements AutoCloseable {
  /** Which rules hold: broken variants show that the tests need each of them. */
  public enum Order {
    /** The real ones. */
    REAL,
    /** As if no release and no fence were there. */
    NONE,
    /** As if fences were missing. */
    NO_FENCES
  }

  private static final class Entry {
    final long position;
    final boolean release;
    final byte[] before;
    byte[] after;

    Entry(long position, boolean release, byte[] before) {
      this.position = position;
      this.release = release;
      this.before = before;
      this.after = before;
    }
  }

  private static final Entry FENCE = new Entry(-1, false, new byte[0]);

  private final Path path;
  private final Order order;
  private final List<Entry> entries = new ArrayList<>();
  private FileChannel channel;
  private Entry last;

  public StoreLog(Path path, Order order) {
    this.path = path;
    this.order = order;
  }

  private static Path existing(Path path) {
    return Files.exists(path) ? path : path.resolveSibling(path.getFileName() + ".new");
  }

  private byte[] bytesAt(long position, int length) {
    try {
      if (channel == null) {
        channel = FileChannel.open(existing(path), StandardOpenOption.READ);
      }
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {}
      return bytes.array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next thing is this store. */
  public void storing(long position, int length, boolean release) {
    complete();
    last = new Entry(position, release, bytesAt(position, length));
    entries.add(last);
  }

  public void fence() {
    complete();
    if (order == Order.REAL) {
      entries.add(FENCE);
    }
  }

  /** All stores so far have been made. */
  private void complete() {
    if (last != null) {
      last.after = bytesAt(last.position, last.before.length);
      last = null;
    }
  }

  /** All stores so far are certain from now on. */
  public void settle() {
    last = null;
    entries.clear();
  }

  /** True while the store has not been given its name. */
  public boolean isUnfinished() {
    return !Files.exists(path);
  }

  /** What a kill leaves if the machine made all stores so far and no other. */
  public byte[] image() {
    complete();
    try {
      return Files.readAllBytes(existing(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a kill may leave if the stores were moved as far as the rules allow. */
  public byte[] image(Random random) {
    byte[] image = image();
    for (int i = entries.size() - 1; i >= 0; i--) {
      put(image, entries.get(i), entries.get(i).before, -1);
    }
    int from = 0;
    int to = entries.size();
    for (int i = entries.size() - 1; i >= 0; i--) {
      if (entries.get(i) == FENCE && (random.nextInt(4) == 0 || i + 1 == to)) {
        // Perhaps the kill was before this fence took effect.
        to = random.nextBoolean() ? i : to;
      }
    }
    for (int i = 0; i < to; i++) {
      from = entries.get(i) == FENCE ? i + 1 : from;
    }
    int certain = from;
    int releases = 0;
    for (int i = from; i < to; i++) {
      // Each release store is the last one made with equal chance, and so is none.
      if (order != Order.NONE && entries.get(i).release && random.nextInt(++releases + 1) == 0) {
        certain = i + 1;
      }
    }
    for (int i = 0; i < to; i++) {
      Entry entry = entries.get(i);
      if (i < certain) {
        put(image, entry, entry.after, -1);
      } else if (!(order != Order.NONE && entry.release)) {
        put(
            image,
            entry,
            entry.after,
            random.nextInt(3) == 0 ? random.nextLong() : -random.nextInt(2));
      }
    }
    return image;
  }

  /** Puts the words of the entry that the mask names: bit i, all words whose index is i mod 64. */
  private static void put(byte[] image, Entry entry, byte[] bytes, long mask) {
    for (int i = 0; i < bytes.length; i++) {
      // Aligned words, whatever the position: one of them never tears.
      long word = (entry.position + i >>> 3) - (entry.position >>> 3);
      long at = entry.position + i;
      if ((mask >>> word & 1) != 0 && at < image.length) {
        image[(int) at] = bytes[i];
      }
    }
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
