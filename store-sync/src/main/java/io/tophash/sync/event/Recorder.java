package io.tophash.sync.event;

import jdk.jfr.FlightRecorder;

/**
 * The JDK's flight recorder, which a runtime image need not have. Each kind of event has a class
 * here that does not name the recorder's classes in its signatures: so these are not loaded where
 * they are not there.
 */
final class Recorder {
  private static final boolean IS_THERE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private Recorder() {}

  /**
   * True if anything in this JVM has used the recorder. Else no event is made: for the first one
   * some three hundred classes are loaded and one is generated, which takes a tenth of a second
   * where many want a processor, with a shard frozen.
   */
  static boolean isUsed() {
    return IS_THERE && FlightRecorder.isInitialized();
  }
}
