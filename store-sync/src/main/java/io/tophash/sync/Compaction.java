package io.tophash.sync;

/** Moves what a store holds towards the start of its file and gives the rest back. */
final class Compaction {
  private final SyncCore core;

  Compaction(SyncCore core) {
    this.core = core;
  }

  void run() {
    throw new UnsupportedOperationException("store=" + core.path());
  }
}
