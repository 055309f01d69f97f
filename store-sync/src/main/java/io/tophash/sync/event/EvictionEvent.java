package io.tophash.sync.event;

import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A run that makes room in a shard of a cache. */
public final class EvictionEvent {
  @Name("io.tophash.Eviction")
  @Label("Eviction")
  @Category("Tophash")
  @Description("A cache made room in a shard")
  @StackTrace(false)
  private static final class Recorded extends Event {
    @Label("Store")
    private String store;

    @Label("Shard")
    private int shard;

    @Label("Wanted")
    @DataAmount
    private long wantedBytes;

    @Label("Evicted")
    private long evicted;
  }

  /** Null where nobody uses a recorder. */
  private final Recorded event;

  private EvictionEvent(Recorded event) {
    this.event = event;
  }

  /** Begins now. */
  public static EvictionEvent begin() {
    try {
      if (!Recorder.isUsed()) {
        return new EvictionEvent(null);
      }
      Recorded event = new Recorded();
      event.begin();
      return new EvictionEvent(event);
    } catch (LinkageError e) {
      // A class whose first use was at the end of the stack is lost to the JVM: no event, then.
      return new EvictionEvent(null);
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
   * @param wantedBytes bytes for which room was made
   * @param evicted entries that had to go
   */
  public void end(Path store, int shard, long wantedBytes, long evicted) {
    if (event == null) {
      return;
    }
    event.end();
    if (event.shouldCommit()) {
      event.store = store.toString();
      event.shard = shard;
      event.wantedBytes = wantedBytes;
      event.evicted = evicted;
      event.commit();
    }
  }
}
