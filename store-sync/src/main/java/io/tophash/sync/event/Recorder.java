package io.tophash.sync.event;

/**
 * The JDK's flight recorder, which a runtime image need not have. Each kind of event has a class
 * here that does not name the recorder's classes in its signatures: so these are not loaded where
 * they are not there.
 */
final class Recorder {
  static final boolean IS_THERE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private Recorder() {}
}
