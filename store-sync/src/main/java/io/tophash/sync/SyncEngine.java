package io.tophash.sync;

import io.tophash.core.codec.Codecs;
import io.tophash.core.memory.MemoryMode;
import io.tophash.sync.attach.Cores;
import io.tophash.sync.attach.OpenRequest;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.entry.Tables;

/** Opens the files of concurrent stores. */
final class SyncEngine {
  private SyncEngine() {}

  /** Attaches to a store, and makes it first if it is not there. */
  static <K, V> Opened<K, V> open(OpenRequest<K, V> request) {
    MemoryMode.current();
    SyncCore core = Cores.acquire(request);
    Tables tables = Tables.of(core, request.readOnly(), request.verifyReads());
    boolean isLongs =
        request.keyCodec().equals(Codecs.int64()) && request.valueCodec().equals(Codecs.int64());
    return new Opened<>(
        new CoreAttachment(core, tables, request.temporary()),
        tables.typed(request.keyCodec(), request.valueCodec()),
        isLongs ? tables.longs() : null);
  }
}
