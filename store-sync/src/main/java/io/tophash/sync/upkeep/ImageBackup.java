package io.tophash.sync.upkeep;

import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.CopyTarget;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.Hold;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.checkpoint.Pin;
import io.tophash.sync.format.ImageLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Backups that are made of blocks, and brought up to date with those that were born since:
 * <i>images</i> of a checkpoint. The argument is in docs/durability.md, "Images".
 */
public final class ImageBackup {
  /** As {@code since}: whatever the target is an image of, nothing if it is not there. */
  public static final long LAST = -1;

  private static final long ATTACH_TIMEOUT_MS = 30_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SyncCore core;
  private final Pin pin;
  private final long token = RANDOM.nextLong() | 1;
  private long copied;

  /**
   * @param core the attached store
   * @param pin the checkpoint of which the image shall be
   */
  public ImageBackup(SyncCore core, Pin pin) {
    this.core = core;
    this.pin = pin;
  }

  /** Bytes that were copied. */
  public long copied() {
    return copied;
  }

  /**
   * Makes an image, or brings one up to date.
   *
   * @param since number of the checkpoint that the target is an image of; 0: there is none yet;
   *     {@link #LAST}
   */
  public void run(Path target, long since) {
    if (since == 0 || since == LAST && !Files.exists(target)) {
      make(target);
    } else {
      update(target, since);
    }
  }

  private void make(Path target) {
    try (CopyTarget copy = CopyTarget.begin(target)) {
      try (ImageTarget image = ImageTarget.make(copy.path(), core.header())) {
        remember();
        ImageCopy blocks = new ImageCopy(core, pin, 0, null, 0, image::put);
        long length = blocks.run(token);
        CrashPoint.reached("image.copied");
        image.settle(length);
        image.publish();
        copied = blocks.copied();
      }
      ImageDelta.delete(copy.target()); // of an image that was there before
      copy.publish(HeaderLayout.UNCLEAN);
    }
  }

  private void update(Path target, long since) {
    try (ImageTarget image = ImageTarget.open(target)) {
      long before = image.finish();
      check(image, before != 0 && before == since ? LAST : since);
      remember();
      long from = image.word(ImageLayout.OF);
      try (ImageDelta.Writer delta = new ImageDelta.Writer(image.path())) {
        ImageCopy blocks = new ImageCopy(core, pin, from, image.memory(), image.length(), delta);
        long length = blocks.run(token);
        CrashPoint.reached("image.copied");
        delta.publish(
            new ImageDelta.Head(
                core.header().storeId, from, image.word(ImageLayout.TOKEN), pin.number(), length));
        copied = blocks.copied();
      } catch (IOException e) {
        throw ImageDelta.failed(image.path(), e);
      }
      image.apply();
    }
  }

  private void check(ImageTarget image, long since) {
    String wayOut =
        "; name another target, with since = 0, target=" + image.path() + " store=" + core.path();
    if (image.header().storeId != core.header().storeId) {
      throw new StoreException("the target is a backup of another store" + wayOut);
    }
    long of = image.word(ImageLayout.OF);
    if (of == 0) {
      throw new StoreException(
          "the target was opened for writing since it was made, or is no backup that was made with"
              + " since"
              + wayOut);
    }
    if (image.word(HeaderLayout.UNCLEAN) != 0) {
      throw new StoreException("the target is in use, or was not closed" + wayOut);
    }
    if (since != LAST && since != of) {
      throw new StoreException(
          "the target is a backup of another checkpoint, since="
              + since
              + " checkpointOfTarget="
              + of
              + "; give that one, or name another target, with since = 0, target="
              + image.path()
              + " store="
              + core.path());
    }
    if (of >= pin.number() || !isKnown(of, image.word(ImageLayout.TOKEN))) {
      throw new StoreException(
          "the store knows nothing of this backup: it has made "
              + ImageLayout.MADE_COUNT
              + " others since, or has gone back to an older state, by a restored backup or a power"
              + " cut, checkpointOfTarget="
              + of
              + wayOut);
    }
  }

  private boolean isKnown(long number, long ofToken) {
    MappedMemory memory = core.memory();
    for (int i = 0; i < ImageLayout.MADE_COUNT; i++) {
      if (memory.getLong(0, ImageLayout.made(i)) == number
          && memory.getLong(0, ImageLayout.made(i) + 8) == ofToken) {
        return true;
      }
    }
    return false;
  }

  /** The store knows its images before they are complete: one too many does no harm. */
  private void remember() {
    MappedMemory memory = core.memory();
    Hold hold = new Hold();
    try {
      core.sidecar().lockAttach(hold, ATTACH_TIMEOUT_MS);
      int oldest = 0;
      for (int i = 1; i < ImageLayout.MADE_COUNT; i++) {
        if (memory.getLong(0, ImageLayout.made(i)) < memory.getLong(0, ImageLayout.made(oldest))) {
          oldest = i;
        }
      }
      int at = ImageLayout.made(oldest);
      memory.putLong(0, at, 0);
      MappedMemory.storeStoreFence();
      memory.putLong(0, at + 8, token);
      memory.putLongRelease(0, at, pin.number());
    } finally {
      hold.isOver = true;
      core.sidecar().unlock(hold);
    }
  }
}
