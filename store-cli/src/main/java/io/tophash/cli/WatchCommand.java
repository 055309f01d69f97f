package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tophash.core.StoreInfo;
import io.tophash.core.errors.MissedChangesException;
import io.tophash.sync.Change;
import io.tophash.sync.ChangePosition;
import io.tophash.sync.Changes;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints what is changed in a SyncStore. */
@Command(
    name = "watch",
    description = {
      "Prints what all processes change in a SyncStore of durability each-change, one change a line,"
          + " until interrupted: set, the key and its value; delete and the key; or clear and the"
          + " number of a shard of which all keys are gone. Tabs, line ends and backslashes are printed"
          + " as \\t, \\n, \\r and \\\\. The last line is the position behind what was printed, from"
          + " which a later call goes on. Only reads the store, and holds nobody up."
    })
final class WatchCommand extends OpeningCommand {
  private static final String NOW = "now";
  private static final Duration SLICE = Duration.ofMillis(20);

  @Option(
      names = "--from",
      paramLabel = "POSITION",
      description =
          "Where to begin: a position that this command has printed, or 'now', behind all that is"
              + " durable. Default: now.")
  private String from;

  @Option(
      names = "--snapshot",
      description =
          "First print all entries as they are at one moment, as if they were set just then, and go"
              + " on from there. For a store that may be written.")
  private boolean snapshot;

  @Option(
      names = "--no-follow",
      description = "Print what is there, and end instead of waiting for what comes.")
  private boolean noFollow;

  @Option(names = "--count", paramLabel = "N", description = "End behind N changes.")
  private long count = Long.MAX_VALUE;

  WatchCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if (count < 0) {
      throw usage("--count must not be negative");
    }
    if (snapshot && from != null) {
      throw usage("--snapshot and --from exclude each other");
    }
    ChangePosition position = from == null || from.equals(NOW) ? null : parse(from);
    if (StoreInfo.read(path).kind() != StoreInfo.Kind.SYNC) {
      throw new CliException(
          ExitCode.STORE, "only a SyncStore tells what is changed in it, store=" + path);
    }
    try (OpenStore store = open()) {
      watch(store, sync(store), position);
    } catch (MissedChangesException e) {
      throw new CliException(
          ExitCode.STORE, "begin again with --snapshot, or --from now: " + e.getMessage(), e);
    }
    return ExitCode.OK;
  }

  private OpenStore open() {
    return snapshot
        ? OpenStore.toWrite(path, patience())
        : OpenStore.toRead(path, patience(), console);
  }

  @SuppressWarnings("unchecked")
  private static SyncStore<byte[], byte[]> sync(OpenStore store) {
    return (SyncStore<byte[], byte[]>) store.map;
  }

  private static ChangePosition parse(String text) {
    try {
      return ChangePosition.of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.INPUT,
          "--from takes a position that this command has printed, as a whole, or now: "
              + e.getMessage(),
          e);
    }
  }

  private void watch(OpenStore store, SyncStore<byte[], byte[]> sync, ChangePosition position)
      throws IOException {
    Writer writer = console.newWriter();
    Printer printer = json ? new JsonPrinter(writer, store) : new TextPrinter(writer, store);
    try (Interruption interruption = new Interruption()) {
      ChangePosition start = snapshot ? printSnapshot(sync, printer) : position;
      try (Changes<byte[], byte[]> changes = changes(sync, start)) {
        printer.follow(changes, count, noFollow, interruption);
      } finally {
        writer.flush();
      }
    }
  }

  private Changes<byte[], byte[]> changes(SyncStore<byte[], byte[]> sync, ChangePosition position) {
    try {
      return sync.changes(position == null ? sync.changePosition() : position);
    } catch (IllegalStateException e) {
      throw new CliException(
          ExitCode.STORE,
          "the store does not log its changes; `tophash checkpoint STORE --durability each-change`"
              + " lets it: "
              + e.getMessage(),
          e);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.INPUT, e.getMessage(), e);
    }
  }

  private ChangePosition printSnapshot(SyncStore<byte[], byte[]> sync, Printer printer)
      throws IOException {
    changes(sync, null).close(); // before anything is printed
    try (SyncStore<byte[], byte[]> then = sync.snapshot();
        Changes<byte[], byte[]> shards = sync.changes(then.changePosition())) {
      for (Map.Entry<byte[], byte[]> entry : then.entrySet()) {
        byte[] key = entry.getKey();
        printer.print(new Change<>(Change.What.SET, key, entry.getValue(), shards.shardOf(key)));
      }
      return then.changePosition();
    }
  }

  /** How changes are printed. */
  private abstract static class Printer {
    final Writer out;
    final OpenStore store;

    Printer(Writer out, OpenStore store) {
      this.out = out;
      this.store = store;
    }

    void follow(
        Changes<byte[], byte[]> changes, long count, boolean ends, Interruption interruption)
        throws IOException {
      for (long printed = 0; printed < count && !interruption.isRequested(); ) {
        Change<byte[], byte[]> change = changes.poll();
        if (change == null) {
          caughtUp(changes.position());
          out.flush();
          if (ends) {
            break;
          }
          change = next(changes);
        }
        if (change != null) {
          print(change);
          printed++;
        }
      }
      end(changes.position());
    }

    private static Change<byte[], byte[]> next(Changes<byte[], byte[]> changes) {
      try {
        return changes.take(SLICE);
      } catch (InterruptedException e) {
        throw new CliException(ExitCode.INTERNAL, "the thread was interrupted", e);
      }
    }

    abstract void print(Change<byte[], byte[]> change) throws IOException;

    /** All that there is was printed. */
    void caughtUp(ChangePosition position) throws IOException {}

    abstract void end(ChangePosition position) throws IOException;

    static String text(ChangePosition position) {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(position.toBytes());
    }
  }

  private static final class TextPrinter extends Printer {
    TextPrinter(Writer out, OpenStore store) {
      super(out, store);
    }

    @Override
    void print(Change<byte[], byte[]> change) throws IOException {
      switch (change.what()) {
        case SET ->
            line("set", store.keys.format(change.key()), store.values.format(change.value()));
        case DELETED -> line("delete", store.keys.format(change.key()));
        default -> line("clear", Integer.toString(change.shard()));
      }
    }

    private void line(String what, String... texts) throws IOException {
      out.write(what);
      for (String text : texts) {
        out.write('\t');
        out.write(Tsv.escape(text));
      }
      out.write('\n');
    }

    @Override
    void end(ChangePosition position) throws IOException {
      line("position", text(position));
    }
  }

  private static final class JsonPrinter extends Printer {
    private final JsonGenerator json;
    private ChangePosition said;

    JsonPrinter(Writer out, OpenStore store) throws IOException {
      super(out, store);
      this.json = Json.lines(out);
    }

    @Override
    void print(Change<byte[], byte[]> change) throws IOException {
      json.writeStartObject();
      json.writeStringField(
          "change",
          switch (change.what()) {
            case SET -> "set";
            case DELETED -> "delete";
            default -> "clear";
          });
      if (change.key() != null) {
        store.keys.writeJson(json, "key", change.key());
      }
      if (change.value() != null) {
        store.values.writeJson(json, "value", change.value());
      }
      json.writeNumberField("shard", change.shard());
      endLine();
    }

    private void endLine() throws IOException {
      json.writeEndObject();
      json.writeRaw('\n');
      json.flush();
    }

    /** A killed process leaves the last of them. */
    @Override
    void caughtUp(ChangePosition position) throws IOException {
      if (!position.equals(said)) {
        end(position);
      }
    }

    @Override
    void end(ChangePosition position) throws IOException {
      if (!position.equals(said)) {
        json.writeStartObject();
        json.writeStringField("position", text(position));
        endLine();
        said = position;
      }
    }
  }
}
