package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncStats;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** The figures that only a SyncStore has, for people and for programs. */
final class SyncFigures {
  private SyncFigures() {}

  static void rows(StringBuilder text, SyncStats stats) {
    StatCommand.row(
        text,
        "file",
        "%,d bytes: %,d in use, %,d free, the rest never written",
        stats.fileBytes(),
        stats.usedBytes(),
        stats.freeBytes());
    StatCommand.row(text, "segments", "%,d in %,d shards", stats.segments(), stats.shards());
    StatCommand.row(
        text,
        "rebuilds",
        "%,d, of which %,d splits, %,d merges, %,d promotions",
        stats.rebuilds(),
        stats.splits(),
        stats.merges(),
        stats.promotions());
    StatCommand.row(
        text,
        "operations",
        "%,d inserts, %,d stores, %,d removes, %,d misses",
        stats.inserts(),
        stats.stores(),
        stats.removes(),
        stats.misses());
    StatCommand.row(text, "take-overs", "%,d", stats.takeovers());
    StatCommand.row(
        text, "lock waits", "%,d, %,.1f ms in all", stats.lockWaits(), stats.lockWaitNanos() / 1e6);
    checkpointRows(text, stats.checkpoint());
    logRow(text, stats);
    if (stats.attached().isEmpty()) {
      StatCommand.row(text, "writers", "none attached");
    }
    Instant now = Instant.now();
    for (SyncStats.AttachedProcess process : stats.attached()) {
      StatCommand.row(
          text,
          "writer",
          "pid %d on %s, attached for %s, %,d stores, %,d removes",
          process.pid(),
          process.host(),
          age(process, now),
          process.stores(),
          process.removes());
    }
  }

  private static void checkpointRows(StringBuilder text, SyncStats.Checkpoint checkpoint) {
    StatCommand.row(text, "durability", "%s", text(checkpoint.durability()));
    StatCommand.row(
        text,
        "checkpoint",
        "%,d, taken %s ago, %,d so far; %,d bytes are kept for it only%s",
        checkpoint.number(),
        age(checkpoint.cutAt(), Instant.now()),
        checkpoint.count(),
        checkpoint.quarantinedBytes(),
        checkpoint.broken() ? "; NO LATER ONE, as the device has refused to take it" : "");
    if (checkpoint.stalledBy() != null) {
      StatCommand.row(
          text,
          "held up by",
          "pid %d on %s, which does not go on (stopped?)",
          checkpoint.stalledBy().pid(),
          checkpoint.stalledBy().host());
    }
    if (checkpoint.recoveredAt() != null) {
      StatCommand.row(
          text,
          "power cut",
          "opened %s after one, as it was %s; %s",
          checkpoint.recoveredAt(),
          checkpoint.recoveredTo(),
          later(checkpoint));
    }
  }

  private static String later(SyncStats.Checkpoint checkpoint) {
    if (checkpoint.recoveredChanges() < 0) {
      return "later changes were lost";
    }
    return String.format(
        Locale.ROOT,
        "%,d later changes were taken from the log%s",
        checkpoint.recoveredChanges(),
        checkpoint.logIncomplete() ? "; SOME WERE LOST, as the log was not whole" : "");
  }

  private static void logRow(StringBuilder text, SyncStats stats) {
    SyncStats.Log log = stats.log();
    if (log.batches() == 0 && !stats.checkpoint().durability().equals(Durability.EACH_CHANGE)) {
      return;
    }
    StatCommand.row(
        text,
        "log",
        "%,d changes in %,d batches (%,.1f in each), %,d bytes; its files have %,d bytes, of which the"
            + " newest %,d are kept for watch",
        log.changes(),
        log.batches(),
        (double) log.changes() / Math.max(1, log.batches()),
        log.bytes(),
        log.fileBytes(),
        log.keptBytes());
  }

  /** A level for people. */
  static String text(Durability durability) {
    if (durability.equals(Durability.EACH_CHANGE)) {
      return "each-change; a power cut takes nothing that has returned";
    }
    return durability.maxLoss() == null
        ? "process; a power cut takes what is newer than the last checkpoint"
        : "power-loss; a power cut takes "
            + durability.maxLoss().toMillis()
            + " ms of changes at most";
  }

  static void writeJson(JsonGenerator out, SyncStats.Checkpoint checkpoint) throws IOException {
    Durability durability = checkpoint.durability();
    out.writeStringField("durability", DurabilityOptions.LevelName.of(durability).toString());
    if (durability.maxLoss() != null) {
      out.writeNumberField("maxLossMs", durability.maxLoss().toMillis());
    }
    out.writeNumberField("checkpoint", checkpoint.number());
    out.writeStringField("checkpointCutAt", checkpoint.cutAt().toString());
    out.writeNumberField("checkpoints", checkpoint.count());
    out.writeNumberField("quarantinedBytes", checkpoint.quarantinedBytes());
    out.writeBooleanField("broken", checkpoint.broken());
    if (checkpoint.stalledBy() != null) {
      out.writeNumberField("stalledByPid", checkpoint.stalledBy().pid());
      out.writeStringField("stalledByHost", checkpoint.stalledBy().host());
    }
    if (checkpoint.recoveredAt() != null) {
      out.writeStringField("recoveredAt", checkpoint.recoveredAt().toString());
      out.writeStringField("recoveredTo", checkpoint.recoveredTo().toString());
      if (checkpoint.recoveredChanges() >= 0) {
        out.writeNumberField("recoveredChanges", checkpoint.recoveredChanges());
        out.writeBooleanField("logIncomplete", checkpoint.logIncomplete());
      }
    }
  }

  /** The time since a process attached, to one unit. */
  static String age(SyncStats.AttachedProcess process, Instant now) {
    return age(process.attachedAt(), now);
  }

  private static String age(Instant then, Instant now) {
    long seconds = Math.max(0, Duration.between(then, now).toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  static void writeJson(JsonGenerator out, SyncStats stats) throws IOException {
    out.writeNumberField("usedBytes", stats.usedBytes());
    out.writeNumberField("shards", stats.shards());
    out.writeNumberField("segments", stats.segments());
    out.writeNumberField("rebuilds", stats.rebuilds());
    out.writeNumberField("splits", stats.splits());
    out.writeNumberField("merges", stats.merges());
    out.writeNumberField("promotions", stats.promotions());
    out.writeNumberField("inserts", stats.inserts());
    out.writeNumberField("stores", stats.stores());
    out.writeNumberField("removes", stats.removes());
    out.writeNumberField("misses", stats.misses());
    out.writeNumberField("takeovers", stats.takeovers());
    out.writeNumberField("clears", stats.clears());
    out.writeNumberField("lockWaits", stats.lockWaits());
    out.writeNumberField("lockWaitNanos", stats.lockWaitNanos());
    writeJson(out, stats.checkpoint());
    out.writeNumberField("logChanges", stats.log().changes());
    out.writeNumberField("logBatches", stats.log().batches());
    out.writeNumberField("logBytes", stats.log().bytes());
    out.writeNumberField("logFileBytes", stats.log().fileBytes());
    out.writeArrayFieldStart("attached");
    for (SyncStats.AttachedProcess process : stats.attached()) {
      out.writeStartObject();
      out.writeNumberField("pid", process.pid());
      out.writeStringField("host", process.host());
      if (process.started() != null) {
        out.writeStringField("started", process.started().toString());
      }
      out.writeStringField("attachedAt", process.attachedAt().toString());
      out.writeNumberField("stores", process.stores());
      out.writeNumberField("removes", process.removes());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
