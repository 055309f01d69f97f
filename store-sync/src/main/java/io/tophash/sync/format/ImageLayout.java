package io.tophash.sync.format;

/**
 * Words of the header about backups that were made of blocks, which are <i>images</i> of a
 * checkpoint. The picture is in docs/format.md, "Images".
 */
public final class ImageLayout {
  /**
   * long, number of the checkpoint of which this file is an image; 0 if it is none, or was opened
   * for writing since
   */
  public static final int OF = 2368;

  /** long, random: which image of that checkpoint it is */
  public static final int TOKEN = 2376;

  /** long, 1 while what a later checkpoint has is written into this image */
  public static final int PENDING = 2384;

  /** Of the images that were made of this file, the last ones: {long number, long token}. */
  public static final int MADE = 2432;

  /** How many of them are known. */
  public static final int MADE_COUNT = 32;

  /** Size of what is known of one. */
  public static final int MADE_BYTES = 16;

  private ImageLayout() {}

  /** Offset of what is known of one. */
  public static int made(int index) {
    return MADE + index * MADE_BYTES;
  }
}
