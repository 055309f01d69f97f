package io.tophash.cli;

import io.tophash.core.HashStats;
import io.tophash.core.StoreInfo;
import io.tophash.core.codec.Codec;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Says what a store is and how full it is. */
@Command(name = "stat", description = "Says what a store is made of and how full it is.")
final class StatCommand extends StoreCommand {
  StatCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    StoreInfo info = StoreInfo.read(path);
    try (OpenStore store = OpenStore.toRead(path, console)) {
      HashStats stats = store.map.stats();
      if (json) {
        printJson(out -> writeJson(out, info, stats));
      } else {
        print(text(info, stats));
      }
    }
    return ExitCode.OK;
  }

  private static void writeJson(
      com.fasterxml.jackson.core.JsonGenerator out, StoreInfo info, HashStats stats)
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
    out.writeNumberField("buckets", stats.buckets());
    out.writeNumberField("overflowBuckets", stats.overflowBuckets());
    out.writeNumberField("loadFactor", stats.loadFactor());
    out.writeBooleanField("growing", stats.growing());
    out.writeNumberField("evacuatedBuckets", stats.evacuatedBuckets());
    out.writeNumberField("oldBuckets", stats.oldBuckets());
    out.writeStringField("memoryMode", stats.memoryMode());
  }

  private static String text(StoreInfo info, HashStats stats) {
    StringBuilder text = new StringBuilder();
    row(text, "store", stats.store().toString());
    row(text, "kind", "HashStore, format version " + info.formatVersion());
    row(text, "created", info.created().toString());
    row(text, "keys", codec(info.keyCodec(), info.keyFixedBytes()));
    row(text, "values", codec(info.valueCodec(), info.valueFixedBytes()));
    row(text, "hash", info.hashName());
    row(text, "entries", "%,d", stats.entries());
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
    row(text, "windows", "%,d bytes", info.windowBytes());
    row(text, "memory mode", stats.memoryMode());
    return text.toString();
  }

  private static String codec(String id, int fixedBytes) {
    return id + (fixedBytes == Codec.VARIABLE ? ", of any size" : ", " + fixedBytes + " bytes");
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append(String.format("%-12s %s%n", name, value));
  }

  private static void row(StringBuilder text, String name, String format, Object... values) {
    row(text, name, String.format(Locale.ROOT, format, values));
  }
}
