package io.tophash.sync.event;

import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** A wait for the lock of a shard that another thread or process holds. */
public final class LockWaitEvent {
  @Name("io.tophash.LockWait")
  @Label("Lock wait")
  @Category("Tophash")
  @Description("A thread waited for the lock of a shard")
  @StackTrace(false)
  @Threshold("1 ms")
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

  private LockWaitEvent(Recorded event) {
    this.event = event;
  }

  /** Begins now. */
  public static LockWaitEvent begin() {
    try {
      if (!Recorder.isUsed()) {
        return new LockWaitEvent(null);
      }
      Recorded event = new Recorded();
      event.begin();
      return new LockWaitEvent(event);
    } catch (LinkageError e) {
      // A class whose first use was at the end of the stack is lost to the JVM: no event, then.
      return new LockWaitEvent(null);
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
   * @param owner the process that had it when the wait began
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
