package io.tophash.cli;

import io.tophash.cache.CacheRecord;
import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints entries for people to read. */
@Command(
    name = "scan",
    description = {
      "Prints entries, one a line: the key, a tab, the value, in no particular order.",
      "Tabs, line ends and backslashes in them are printed as \\t, \\n, \\r and \\\\."
    })
final class ScanCommand extends OpeningCommand {
  @Option(
      names = "--prefix",
      paramLabel = "P",
      description = "Only keys whose text begins with P. Looks at all keys.")
  private String prefix;

  @Option(names = "--limit", paramLabel = "N", description = "At most N entries.")
  private long limit = Long.MAX_VALUE;

  @Option(names = "--keys-only", description = "Only the keys.")
  private boolean keysOnly;

  @Option(
      names = "--expired",
      description =
          "Cache: only what has expired, or had its tag invalidated, and was not removed yet.")
  private boolean expired;

  ScanCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if (limit < 0) {
      throw usage("--limit must not be negative");
    }
    try (OpenStore store = OpenStore.toRead(path, patience(), console)) {
      if (expired && store.cache == null) {
        throw usage("--expired needs a cache; no other store lets its entries expire");
      }
      Writer writer = console.newWriter();
      RecordWriter records =
          RecordWriter.of(json ? TransferFormat.JSONL : TransferFormat.TSV, writer, store);
      if (expired) {
        scanExpired(store, records);
      } else if (keysOnly) {
        scanKeys(store, records);
      } else {
        scanEntries(store, records);
      }
      records.finish();
      writer.flush();
      return ExitCode.OK;
    }
  }

  private void scanExpired(OpenStore store, RecordWriter records) throws IOException {
    long printed = 0;
    for (CacheRecord<byte[], byte[]> each : store.cache.records()) {
      if (printed == limit) {
        return;
      }
      boolean isGone =
          each.state() == CacheRecord.State.EXPIRED
              || each.state() == CacheRecord.State.INVALIDATED;
      if (isGone && isWanted(store, each.key())) {
        if (keysOnly) {
          records.writeKey(each.key());
        } else {
          records.write(each.key(), each.value());
        }
        printed++;
      }
    }
  }

  private void scanKeys(OpenStore store, RecordWriter records) throws IOException {
    Iterator<byte[]> keys = store.map.keySet().iterator();
    for (long printed = 0; printed < limit && keys.hasNext(); ) {
      byte[] key = keys.next();
      if (isWanted(store, key)) {
        records.writeKey(key);
        printed++;
      }
    }
  }

  private void scanEntries(OpenStore store, RecordWriter records) throws IOException {
    Iterator<Map.Entry<byte[], byte[]>> entries = store.map.entrySet().iterator();
    for (long printed = 0; printed < limit && entries.hasNext(); ) {
      Map.Entry<byte[], byte[]> entry = entries.next();
      if (isWanted(store, entry.getKey())) {
        records.write(entry.getKey(), entry.getValue());
        printed++;
      }
    }
  }

  private boolean isWanted(OpenStore store, byte[] key) {
    return prefix == null || store.keys.format(key).startsWith(prefix);
  }
}
