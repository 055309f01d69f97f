package io.tophash.sync.upkeep;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import io.tophash.core.memory.StorePaths;
import io.tophash.sync.checkpoint.PowerCutRecovery;
import io.tophash.sync.extent.Space;
import io.tophash.sync.format.ImageLayout;
import io.tophash.sync.format.RegionLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file of an image, opened alone. What is done to it is decided when its {@link ImageDelta} is
 * there: from then on whoever comes next finishes it.
 *
 * <p>For one thread.
 */
public final class ImageTarget implements AutoCloseable {
  private final StoreFile file;
  private final StoreHeader header;
  private final MappedMemory memory;

  private ImageTarget(StoreFile file, StoreHeader header) {
    this.file = file;
    this.header = header;
    this.memory = file.map(header.windowShift);
  }

  /** Opens an image that is there. */
  static ImageTarget open(Path path) {
    if (!Files.exists(path)) {
      throw new StoreException(
          "there is no backup to bring up to date; make a first one with since = 0, target="
              + path);
    }
    StoreFile file = StoreFile.open(path, false, Long.MAX_VALUE);
    boolean opened = false;
    try {
      StoreHeader header = StoreHeader.parse(file.readHead(HeaderLayout.BYTES), path);
      if (header.kind != HeaderLayout.KIND_SYNC || file.length() < RegionLayout.EXTENT_BYTES) {
        throw new StoreException("this is no backup of a SyncStore, target=" + path);
      }
      ImageTarget target = new ImageTarget(file, header);
      opened = true;
      return target;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /** Makes the file of an image, under a name that only the caller uses. */
  static ImageTarget make(Path path, StoreHeader header) {
    StoreFile file = StoreFile.open(path, false, Long.MAX_VALUE);
    boolean opened = false;
    try {
      ImageTarget target = new ImageTarget(file, header);
      file.ensureLength(RegionLayout.EXTENT_BYTES);
      opened = true;
      return target;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /**
   * Does what a backup had decided that was ended before it was done, if there is one. Costs a look
   * for a file.
   *
   * @param path a store, or where one shall be
   */
  public static void finishAny(Path path) {
    if (Files.exists(ImageDelta.path(path)) && Files.exists(path)) {
      Path real = StoreFile.realPath(path, false);
      boolean isPending;
      try {
        isPending = isPending(StorePaths.readHead(real, RegionLayout.FIRST_TABLE));
      } catch (java.io.IOException e) {
        return; // whoever opens it will say so
      }
      if (isPending) {
        try (ImageTarget target = open(real)) {
          target.finish();
        }
      }
    }
  }

  private static boolean isPending(byte[] head) {
    return head.length == RegionLayout.FIRST_TABLE && head[ImageLayout.PENDING] != 0;
  }

  Path path() {
    return file.path();
  }

  StoreHeader header() {
    return header;
  }

  MappedMemory memory() {
    return memory;
  }

  long length() {
    return file.length();
  }

  long word(int field) {
    return memory.getLong(0, field);
  }

  /** Puts what was copied in its place. */
  void put(long position, byte[] bytes, int length) {
    file.ensureLength(position + length);
    file.ensureMapped(position + length);
    memory.putBytes(position, bytes, 0, length);
  }

  /**
   * Finishes what was decided, or forgets what was not.
   *
   * @return number of the checkpoint that it was an image of before; 0 if there was nothing to do
   */
  long finish() {
    if (word(ImageLayout.PENDING) == 0) {
      ImageDelta.delete(path());
      return 0;
    }
    if (!Files.exists(ImageDelta.path(path()))) {
      throw new CorruptStoreException(
          "image", ImageLayout.PENDING, "the backup is incomplete, and its file .delta is missing");
    }
    return apply();
  }

  /** Takes the delta. Killed anywhere, it is taken once more. */
  long apply() {
    memory.putLong(0, ImageLayout.PENDING, 1);
    file.force(0, RegionLayout.FIRST_TABLE);
    CrashPoint.reached("image.pending");
    ImageDelta.Head head = ImageDelta.apply(path(), this::put);
    if (head.storeId() != header.storeId) {
      throw new CorruptStoreException("delta", 8, "the file .delta is of another store");
    }
    CrashPoint.reached("image.applied");
    settle(head.fileBytes());
    file.force();
    CrashPoint.reached("image.forced");
    memory.putLong(0, HeaderLayout.UNCLEAN, 0);
    file.force(0, RegionLayout.FIRST_TABLE);
    memory.putLong(0, ImageLayout.PENDING, 0);
    file.force(0, RegionLayout.FIRST_TABLE);
    CrashPoint.reached("image.complete");
    ImageDelta.delete(path());
    return head.fromNumber();
  }

  /** Makes a store of what was put there. */
  void settle(long fileBytes) {
    file.ensureLength(fileBytes);
    file.ensureMapped(fileBytes);
    new PowerCutRecovery(Space.of(file, memory), path())
        .runOnImage(1 << header.shardShift(), fileBytes);
    file.truncate(fileBytes);
  }

  /** Gives a new one its name. */
  void publish() {
    file.force();
    file.publish();
  }

  @Override
  public void close() {
    file.close();
  }
}
