package io.tophash.sync.event;

import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The rebuild of a segment, with what it led to. */
public final class RebuildEvent {
  @Name("io.tophash.Rebuild")
  @Label("Rebuild")
  @Category("Tophash")
  @Description("A segment was written anew")
  @StackTrace(false)
  private static final class Recorded extends Event {
    @Label("Store")
    private String store;

    @Label("Shard")
    private int shard;

    @Label("Kind")
    private String kind;

    @Label("Entries")
    private int entries;
  }

  /** Null where nobody uses a recorder. */
  private final Recorded event;

  private RebuildEvent(Recorded event) {
    this.event = event;
  }

  /** Begins now. */
  public static RebuildEvent begin() {
    try {
      if (!Recorder.isUsed()) {
        return new RebuildEvent(null);
      }
      Recorded event = new Recorded();
      event.begin();
      return new RebuildEvent(event);
    } catch (LinkageError e) {
      // A class whose first use was at the end of the stack is lost to the JVM: no event, then.
      return new RebuildEvent(null);
    }
  }

  /**
   * Ends now.
   *
   * @param store the file
   * @param shard the shard
   * @param kind what it came to: replace, split or merge
   * @param entries entries that it has now
   */
  public void end(Path store, int shard, String kind, int entries) {
    if (event == null) {
      return;
    }
    event.end();
    if (event.shouldCommit()) {
      event.store = store.toString();
      event.shard = shard;
      event.kind = kind;
      event.entries = entries;
      event.commit();
    }
  }
}
