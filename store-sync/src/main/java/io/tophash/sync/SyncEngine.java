package io.tophash.sync;

import io.tophash.core.codec.Codecs;
import io.tophash.core.memory.MemoryMode;

/** Opens the files of concurrent stores. */
final class SyncEngine {
  private SyncEngine() {}

  /** Attaches to a store, and makes it first if it is not there. */
  static <K, V> Opened<K, V> open(OpenRequest<K, V> request) {
    MemoryMode.current();
    SyncCore core = Cores.acquire(request);
    boolean inline =
        StoreShape.isInline(core.header().keyFixedBytes, core.header().valueFixedBytes);
    if (inline) {
      InlineTable table = new InlineTable(core, request.readOnly());
      boolean isLongs =
          request.keyCodec().equals(Codecs.int64()) && request.valueCodec().equals(Codecs.int64());
      return new Opened<>(
          new CoreAttachment(core, table, request.temporary()),
          new InlineEntries<>(table, request.keyCodec(), request.valueCodec()),
          isLongs ? table : null);
    }
    RecordTable table = new RecordTable(core, request.readOnly(), request.verifyReads());
    RecordForm<K, V> form =
        new RecordForm<>(request.keyCodec(), request.valueCodec(), core.memory().windowBytes());
    return new Opened<>(
        new CoreAttachment(core, table, request.temporary()),
        new RecordEntries<>(table, form),
        null);
  }
}
