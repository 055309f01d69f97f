package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tophash.cache.TophashCache;
import io.tophash.core.HashStats;
import io.tophash.core.StoreInfo;
import io.tophash.core.StoreStats;
import io.tophash.core.codec.Codec;
import io.tophash.sync.SyncStats;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what a store is and how full it is. */
@Command(
    name = "stat",
    description = {
      "Says what a store is made of and how full it is. With --watch, prints a line every interval:"
          + " what happens in a SyncStore or a cache while others work on it. Of a cache, the line has"
          + " a bar for how full it is and a curve of the share of hits."
    })
final class StatCommand extends OpeningCommand {
  @Option(names = "--watch", description = "SyncStore and cache: go on until interrupted.")
  private boolean watch;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "Time between two lines of --watch. Default: ${DEFAULT-VALUE}.")
  private double interval;

  @Option(names = "--count", paramLabel = "N", description = "End --watch after N lines.")
  private long count = Long.MAX_VALUE;

  StatCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if (!(interval >= 0.01 && interval <= 86_400)) {
      throw usage("--interval must be from 0.01 to 86400 seconds");
    }
    if (count <= 0) {
      throw usage("--count must be positive");
    }
    StoreInfo info = StoreInfo.read(path);
    if (watch && info.kind() == StoreInfo.Kind.HASH) {
      throw usage("--watch needs a SyncStore; a HashStore cannot be read while it is written");
    }
    try (OpenStore store = OpenStore.toRead(path, patience(), console)) {
      if (watch) {
        long nanos = (long) (interval * 1e9);
        new StatWatch(store, console.newWriter(), json, nanos, count).run();
      } else {
        StoreStats stats = store.store.stats();
        if (json) {
          printJson(out -> writeJson(out, info, stats, store.cache));
        } else {
          print(text(info, stats, store.cache));
        }
      }
    }
    return ExitCode.OK;
  }

  private static void writeJson(
      JsonGenerator out, StoreInfo info, StoreStats stats, TophashCache<?, ?> cache)
      throws IOException {
    out.writeStringField("store", stats.store().toString());
    out.writeStringField("kind", info.kind().name().toLowerCase(Locale.ROOT));
    out.writeNumberField("formatVersion", info.formatVersion());
    out.writeStringField("created", info.created().toString());
    out.writeStringField("keyCodec", info.keyCodec());
    out.writeNumberField("keyFixedBytes", info.keyFixedBytes());
    out.writeStringField("valueCodec", info.valueCodec());
    out.writeNumberField("valueFixedBytes", info.valueFixedBytes());
    out.writeStringField("hash", info.hashName());
    out.writeNumberField("windowBytes", info.windowBytes());
    out.writeNumberField("entries", stats.entries());
    out.writeNumberField("fileBytes", stats.fileBytes());
    out.writeNumberField("freeBytes", stats.freeBytes());
    if (stats instanceof SyncStats) {
      SyncFigures.writeJson(out, (SyncStats) stats);
    } else {
      writeTable(out, (HashStats) stats);
    }
    if (cache != null) {
      CacheFigures.writeJson(out, cache);
    }
    out.writeStringField("memoryMode", stats.memoryMode());
  }

  private static void writeTable(JsonGenerator out, HashStats stats) throws IOException {
    out.writeNumberField("buckets", stats.buckets());
    out.writeNumberField("overflowBuckets", stats.overflowBuckets());
    out.writeNumberField("loadFactor", stats.loadFactor());
    out.writeBooleanField("growing", stats.growing());
    out.writeNumberField("evacuatedBuckets", stats.evacuatedBuckets());
    out.writeNumberField("oldBuckets", stats.oldBuckets());
  }

  private static String text(StoreInfo info, StoreStats stats, TophashCache<?, ?> cache) {
    StringBuilder text = new StringBuilder();
    String kind = cache != null ? "cache" : stats instanceof SyncStats ? "SyncStore" : "HashStore";
    row(text, "store", stats.store().toString());
    row(text, "kind", kind + ", format version " + info.formatVersion());
    row(text, "created", info.created().toString());
    row(text, "keys", codec(info.keyCodec(), info.keyFixedBytes()));
    row(text, "values", codec(info.valueCodec(), info.valueFixedBytes()));
    row(text, "hash", info.hashName());
    row(text, "entries", "%,d", stats.entries());
    if (cache != null) {
      CacheFigures.rows(text, cache);
    }
    if (stats instanceof SyncStats) {
      SyncFigures.rows(text, (SyncStats) stats);
    } else {
      tableRows(text, (HashStats) stats);
    }
    row(text, "windows", "%,d bytes", info.windowBytes());
    row(text, "memory mode", stats.memoryMode());
    return text.toString();
  }

  private static void tableRows(StringBuilder text, HashStats stats) {
    row(text, "file", "%,d bytes, of which %,d are free", stats.fileBytes(), stats.freeBytes());
    row(
        text,
        "buckets",
        "%,d and %,d overflow buckets, load factor %.2f (grows at 6.5)",
        stats.buckets(),
        stats.overflowBuckets(),
        stats.loadFactor());
    row(
        text,
        "growth",
        stats.growing() ? "%,d of %,d old buckets evacuated" : "none under way",
        stats.evacuatedBuckets(),
        stats.oldBuckets());
  }

  private static String codec(String id, int fixedBytes) {
    return id + (fixedBytes == Codec.VARIABLE ? ", of any size" : ", " + fixedBytes + " bytes");
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append(String.format("%-12s %s%n", name, value));
  }

  static void row(StringBuilder text, String name, String format, Object... values) {
    row(text, name, String.format(Locale.ROOT, format, values));
  }
}
