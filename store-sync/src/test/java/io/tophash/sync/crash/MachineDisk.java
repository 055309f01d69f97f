package io.tophash.sync.crash;

import io.tophash.core.format.HeaderLayout;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What the device holds of a store and of the files of its log. A power cut mixes each of them for
 * itself: whatever of one has reached the device says nothing of another.
 */
final class MachineDisk implements AutoCloseable {
  private static final int BYTES_AT_ONCE = 1 << 16;

  private final Path path;
  private final DiskLog store;
  // By what comes behind the name of the store.
  private final Map<String, DiskLog> logs = new TreeMap<>();
  private String unnamed; // of these one of which the name may not be on the device yet
  private FileChannel channel;
  private long lastPosition;
  private int lastLength;

  /**
   * @param path of the store
   * @param image what the device holds to begin with, which is this one's from now on
   */
  MachineDisk(Path path, Image image) {
    this.path = path;
    this.store = new DiskLog(image.store);
    image.logs.forEach((suffix, bytes) -> logs.put(suffix, new DiskLog(bytes)));
  }

  // --- the store
  // ---------------------------------------------------------------------------------------

  private Path named() {
    return Files.exists(path) ? path : path.resolveSibling(path.getFileName() + ".new");
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
    long from = position / Sectors.SIZE * Sectors.SIZE;
    long end = (position + length + Sectors.SIZE - 1) / Sectors.SIZE * Sectors.SIZE;
    for (long at = from; at < end; at += BYTES_AT_ONCE) {
      byte[] now = read(at, (int) Math.min(BYTES_AT_ONCE, end - at));
      store.written(at, now, 0, now.length);
    }
  }

  private byte[] read(long position, int length) {
    try {
      if (channel == null) {
        channel = FileChannel.open(named(), StandardOpenOption.READ);
      }
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {}
      return bytes.array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The system, or a test, has written something itself. */
  void zeroed(long position, long length) {
    complete();
    note(position, (int) length);
  }

  /** Looks at all of the store: whatever was changed may be on the device, or not. */
  void lookAtAll() {
    note(0, fileBytes());
  }

  /** A part of the store is on the device, as it is now. */
  void forced(long position, long length) {
    complete();
    store.forced(position, length);
  }

  private int fileBytes() {
    try {
      return (int) Files.size(named());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The store as processes see it. */
  Sectors now() {
    complete();
    return store.image(DiskLog.Mix.ALL_NEW, new Random(0), fileBytes());
  }

  // --- the log
  // -----------------------------------------------------------------------------------------

  private String suffix(Path file) {
    return file.getFileName().toString().substring(path.getFileName().toString().length());
  }

  /** A file of zeros was made, whose name is not on the device before {@link #named(Path)}. */
  void made(Path file, long bytes) {
    unnamed = suffix(file);
    logs.put(unnamed, new DiskLog(Sectors.zeros((int) bytes)));
  }

  /** The name of that file is on the device. */
  void named(Path file) {
    unnamed = null;
  }

  /** The next thing is a write to a file, up to {@link #forced(Path)}. */
  void writing(Path file, long position, byte[] bytes, int from, int length) {
    logs.get(suffix(file)).written(position, bytes, from, length);
  }

  /** All that was written to a file is on the device. */
  void forced(Path file) {
    logs.get(suffix(file)).forced();
  }

  // --- power cuts
  // --------------------------------------------------------------------------------------

  /** Number of mixtures of whole sectors of the store; {@link Long#MAX_VALUE}: too many. */
  long mixtures() {
    complete();
    return store.mixtures();
  }

  /** One of so many mixtures. */
  interface Mixtures {
    Image image(long n, Random random);
  }

  /** True if something is being written to the log. */
  boolean isLogWritten() {
    return logMixtures() > 1;
  }

  /** The same of what the log has that is being written; 1 if nothing is. */
  long logMixtures() {
    return logs.values().stream().mapToLong(DiskLog::mixtures).reduce(1, (a, b) -> a * b);
  }

  /** The n-th mixture of whole sectors of the store, and any of the log. */
  Image mixture(long n, Random random) {
    complete();
    return new Image(store.mixture(n, fileBytes()), mixedLogs(random));
  }

  /** The n-th mixture of what the log has that is being written, which is one file; any store. */
  Image logMixture(long n, Random random) {
    Image image = image(any(random), random);
    logs.forEach((suffix, log) -> image.logs.put(suffix, log.mixture(n % log.mixtures(), 0)));
    return image;
  }

  /** A mixture of this kind, and any of the log. */
  Image image(DiskLog.Mix mix, Random random) {
    complete();
    return new Image(store.image(mix, random, fileBytes()), mixedLogs(random));
  }

  private static DiskLog.Mix any(Random random) {
    DiskLog.Mix[] mixes = DiskLog.Mix.values();
    return mixes[random.nextInt(mixes.length)];
  }

  private Map<String, Sectors> mixedLogs(Random random) {
    Map<String, Sectors> mixed = new TreeMap<>();
    logs.forEach((suffix, log) -> mixed.put(suffix, log.image(any(random), random, 0)));
    if (unnamed != null && random.nextBoolean()) {
      Sectors zeros = mixed.remove(unnamed);
      if (random.nextBoolean()) {
        mixed.put(unnamed, zeros.cut(random.nextInt(zeros.bytes())));
      }
    }
    return mixed;
  }

  /**
   * Files after a power cut.
   *
   * @param logs by what comes behind the name of the store
   */
  record Image(Sectors store, Map<String, Sectors> logs) {
    /** What the device holds before anything was written. */
    static Image nothing() {
      return new Image(Sectors.zeros(0), Map.of());
    }

    /**
     * Makes it one that another run of the machine finds: what wrote it was on run {@code id}.
     *
     * @param vouches false if nobody can vouch for his run here; then the rows are said to be free,
     *     as each opening would wait for certainty
     */
    void putBootId(long id, boolean vouches) {
      store.putLong(HeaderLayout.BOOT_ID, id);
      for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
        int row = RegionLayout.process(slot);
        if (vouches) {
          store.putLong(row + ProcessLayout.WORLD, id);
          store.putLong(row + ProcessLayout.RUN, id);
        } else {
          store.putLong(row + ProcessLayout.ATTACHED, 0);
        }
      }
    }

    /** Writes the files. */
    void write(Path path) throws IOException {
      store.write(path);
      for (Map.Entry<String, Sectors> log : logs.entrySet()) {
        log.getValue().write(path.resolveSibling(path.getFileName() + log.getKey()));
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
