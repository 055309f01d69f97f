package io.tophash.sync.event;

import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A sweep over the shards of a cache. */
public final class SweepEvent {
  @Name("io.tophash.Sweep")
  @Label("Sweep")
  @Category("Tophash")
  @Description("The entries of a cache whose time was over were removed")
  @StackTrace(false)
  private static final class Recorded extends Event {
    @Label("Store")
    private String store;

    @Label("Shards")
    private int shards;

    @Label("Expired")
    private long expired;
  }

  /** Null where nobody uses a recorder. */
  private final Recorded event;

  private SweepEvent(Recorded event) {
    this.event = event;
  }

  /** Begins now. */
  public static SweepEvent begin() {
    try {
      if (!Recorder.isUsed()) {
        return new SweepEvent(null);
      }
      Recorded event = new Recorded();
      event.begin();
      return new SweepEvent(event);
    } catch (LinkageError e) {
      // A class whose first use was at the end of the stack is lost to the JVM: no event, then.
      return new SweepEvent(null);
    }
  }

  /** True if somebody records it; else {@link #end} does nothing. */
  public boolean isRecorded() {
    return event != null && event.isEnabled();
  }

  /**
   * Ends now.
   *
   * @param store the file
   * @param shards shards that were looked at
   * @param expired entries whose time was over
   */
  public void end(Path store, int shards, long expired) {
    if (event == null) {
      return;
    }
    event.end();
    if (event.shouldCommit()) {
      event.store = store.toString();
      event.shards = shards;
      event.expired = expired;
      event.commit();
    }
  }
}
