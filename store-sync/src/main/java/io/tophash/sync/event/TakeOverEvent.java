package io.tophash.sync.event;

import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The take-over of a lock from a dead process, with the repair of its shard. */
public final class TakeOverEvent {
  @Name("io.tophash.TakeOver")
  @Label("Take-over")
  @Category("Tophash")
  @Description("The lock of a dead process was taken over and its shard repaired")
  @StackTrace(false)
  private static final class Recorded extends Event {
    @Label("Store")
    private String store;

    @Label("Shard")
    private int shard;

    @Label("Owner")
    private String owner;
  }

  /** Null where nobody uses a recorder. */
  private final Recorded event;

  private TakeOverEvent(Recorded event) {
    this.event = event;
  }

  /** Begins now. */
  public static TakeOverEvent begin() {
    try {
      if (!Recorder.isUsed()) {
        return new TakeOverEvent(null);
      }
      Recorded event = new Recorded();
      event.begin();
      return new TakeOverEvent(event);
    } catch (LinkageError e) {
      // A class whose first use was at the end of the stack is lost to the JVM: no event, then.
      return new TakeOverEvent(null);
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
   * @param shard the shard
   * @param owner the process that died
   */
  public void end(Path store, int shard, String owner) {
    if (event == null) {
      return;
    }
    event.end();
    if (event.shouldCommit()) {
      event.store = store.toString();
      event.shard = shard;
      event.owner = owner;
      event.commit();
    }
  }
}
