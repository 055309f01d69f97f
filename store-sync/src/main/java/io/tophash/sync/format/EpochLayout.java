package io.tophash.sync.format;

/**
 * The epoch words: what the processes that have a store open know of its checkpoints. None of them
 * is believed after a power cut. The picture is in docs/format.md, "Roots and epochs".
 */
public final class EpochLayout {
  /** long, number of the newest checkpoint that is on the device */
  public static final int DURABLE = 0;

  /** long, blocks that were freed in an epoch below this may be given out; never falls */
  public static final int REUSE_BELOW = 8;

  /** long, number of the last checkpoint that was begun */
  public static final int CUTTING = 16;

  /** long, 0 or 1: slot of the newest root */
  public static final int ROOT_SLOT = 24;

  /** long, 1 since an attempt to write the store back has failed */
  public static final int BROKEN = 32;

  /** long, milliseconds since 1970 at the cut of {@link #DURABLE}; for people */
  public static final int DURABLE_MS = 40;

  /** long, number of checkpoints since the store was made or recovered; for people */
  public static final int CHECKPOINTS = 48;

  /** long, 1 + slot of the process that held up the last attempt, 0 if none did; for people */
  public static final int STALLED_BY = 56;

  /** long, how durable changes are: {@link #PROCESS} and so on; also in the root */
  public static final int LEVEL = 64;

  /** Level: a power cut takes all changes since the last checkpoint that was asked for. */
  public static final int PROCESS = 0;

  /** Level: checkpoints are taken so that a power cut takes the changes of a limited time. */
  public static final int POWER_LOSS = 1;

  /** Level: a change returns when it is in the log, on the device. */
  public static final int EACH_CHANGE = 2;

  /** long, milliseconds: the most that a power cut may lose, of level 1; also in the root */
  public static final int MAX_LOSS_MS = 72;

  /** long, 1 + slot of the process that takes a checkpoint, 0 if none does; for people */
  public static final int TAKEN_BY = 80;

  /** long, milliseconds since 1970 when that one was begun; for people */
  public static final int TAKEN_SINCE_MS = 88;

  /**
   * long, number of the checkpoint at which the store was opened after the machine had stopped, 0
   * if that never was; for people
   */
  public static final int RECOVERED = 96;

  /** long, milliseconds since 1970 when that one was cut; for people */
  public static final int RECOVERED_CUT_MS = 104;

  /** long, milliseconds since 1970 when it was opened so; for people */
  public static final int RECOVERED_MS = 112;

  /** long, position of the block of the log's lanes, 0 if there is none */
  public static final int LANES = 120;

  /** long, {@link LockWord} of who writes a batch of the log */
  public static final int FLUSH = 128;

  /** long, number of the next batch; its store is what commits the one before */
  public static final int BATCH = 136;

  /** long, names the run of the log; see {@link RootLayout#LOG_RUN} */
  public static final int LOG_RUN = 144;

  /** Two longs, by the number of the next batch, modulo 2: where that goes; 0: to a new file. */
  public static final int LOG_PLACES = 152;

  /** long, {@link RootLayout#LOG_START} of the newest durable root: older files are not needed */
  public static final int LOG_START = 168;

  /** long, bytes of all batches since the store was made or recovered; a counter for people */
  public static final int LOG_BYTES = 176;

  /** long, number of batches since then; a counter for people */
  public static final int LOG_FLUSHES = 184;

  /** long, {@link #LOG_BYTES} at the cut of {@link #DURABLE} */
  public static final int LOG_BYTES_CUT = 192;

  /** long, {@link RootLayout#LOG_RUN} of the newest durable root */
  public static final int LOG_START_RUN = 200;

  /**
   * long, bytes of the log that are kept for who follows the changes, plus 1; 0: {@link
   * #LOG_KEEP_DEFAULT}; also in the root
   */
  public static final int LOG_KEEP = 208;

  /** Bytes of the log that are kept if nothing was said. */
  public static final long LOG_KEEP_DEFAULT = 64 << 20;

  /** long, number of changes in those batches; a counter for people */
  public static final int LOG_CHANGES = 216;

  /**
   * long, of {@link #RECOVERED}: {@link #LOG_WHOLE} or {@link #LOG_INCOMPLETE}, 0 if there was no
   * log to go through; for people
   */
  public static final int RECOVERED_LOG = 224;

  /** All changes that came after the checkpoint were made again. */
  public static final int LOG_WHOLE = 1;

  /** Some of them may be missing. */
  public static final int LOG_INCOMPLETE = 2;

  /** long, how many those were; for people */
  public static final int RECOVERED_CHANGES = 232;

  /** long, number of the last cut all of whose sealed segments have their sums */
  public static final int SUMMED = 488;

  /** long, 1 since the file was full, until it has grown again or was compacted */
  public static final int FULL = 496;

  /**
   * long, the reserve: bit 0 is 1 if nobody has taken of it since it was complete, bit 1 if it was
   * so ever, above them a version, which each moves on who takes of it
   */
  public static final int RESERVE = 504;

  /**
   * For each row of the process table a long: the lowest checkpoint that its process reads, 0 if it
   * reads none.
   */
  public static final int PINS = 512;

  /**
   * Twice a long for each shard, by the number of the next batch, modulo 2: up to which position of
   * its lane all is in committed batches.
   */
  public static final int HEADS = 1024;

  /** Size of all of them. */
  public static final int BYTES = 4096;

  private EpochLayout() {}

  /** Offset of the committed position of a shard's lane, while a batch is the next one. */
  public static int head(long batch, int shard) {
    return HEADS + 8 * ((int) (batch & 1) << RegionLayout.MAX_SHARD_SHIFT) + 8 * shard;
  }

  /** Offset of the place of a batch that is the next one. */
  public static int logPlace(long batch) {
    return LOG_PLACES + 8 * (int) (batch & 1);
  }

  /** Offset of the pin of a process. */
  public static int pin(int slot) {
    return PINS + 8 * slot;
  }
}
