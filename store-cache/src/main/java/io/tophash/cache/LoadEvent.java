package io.tophash.cache;

import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A call of a loader, for the JDK's flight recorder, which a runtime need not have. No signature
 * here names its classes, so that they are not loaded then.
 */
final class LoadEvent {
  private static final boolean HAS_RECORDER = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  @Name("io.tophash.Load")
  @Label("Load")
  @Category("Tophash")
  @Description("A loader was called for a cache")
  @StackTrace(false)
  private static final class Recorded extends Event {
    @Label("Store")
    private String store;

    @Label("Kind")
    private String kind;

    @Label("Values")
    private int values;

    @Label("Failed")
    private boolean failed;
  }

  /** Null where there is no recorder. */
  private final Recorded event;

  private LoadEvent(Recorded event) {
    this.event = event;
  }

  /** Begins now. */
  static LoadEvent begin() {
    try {
      if (!HAS_RECORDER) {
        return new LoadEvent(null);
      }
      Recorded event = new Recorded();
      event.begin();
      return new LoadEvent(event);
    } catch (LinkageError e) {
      // A class whose first use was at the end of the stack is lost to the JVM: no event, then.
      return new LoadEvent(null);
    }
  }

  /**
   * Ends now.
   *
   * @param store the file
   * @param kind load, loadAll or reload, as the method that was called
   * @param values how many values the loader had
   * @param failed true if it has thrown
   */
  void end(Path store, String kind, int values, boolean failed) {
    if (event == null) {
      return;
    }
    event.end();
    if (event.shouldCommit()) {
      event.store = store.toString();
      event.kind = kind;
      event.values = values;
      event.failed = failed;
      event.commit();
    }
  }
}
