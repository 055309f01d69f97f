package io.tophash.sync;

/** Opens the files of concurrent stores. */
final class SyncEngine {
  private SyncEngine() {}

  /** Attaches to a store, and makes it first if it is not there. */
  static <K, V> Opened<K, V> open(OpenRequest<K, V> request) {
    throw new UnsupportedOperationException("not built yet, store=" + request.path());
  }
}
