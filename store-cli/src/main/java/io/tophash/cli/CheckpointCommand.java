package io.tophash.cli;

import io.tophash.core.StoreInfo;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Takes a checkpoint, and says how durable changes shall be from now on. */
@Command(
    name = "checkpoint",
    description = {
      "Waits until a checkpoint of a SyncStore is on the device: a power cut at any later moment"
          + " leaves at least what is in the store now. Others may work on it meanwhile.",
      "With --durability, also sets how durable changes are from now on, for all processes."
    })
final class CheckpointCommand extends OpeningCommand {
  @Mixin private DurabilityOptions options = new DurabilityOptions();

  CheckpointCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    Durability wanted = options.durability();
    if (StoreInfo.read(path).kind() == StoreInfo.Kind.HASH) {
      throw new CliException(
          ExitCode.STORE,
          "a HashStore has no checkpoints; to keep a state of it for certain, make a backup, store="
              + path);
    }
    try (OpenStore open = OpenStore.toWrite(path, patience())) {
      SyncStore<?, ?> store = (SyncStore<?, ?>) open.store;
      if (wanted != null) {
        store.durability(wanted);
      } else {
        store.force();
      }
      SyncStats.Checkpoint checkpoint = store.stats().checkpoint();
      if (json) {
        printJson(
            out -> {
              out.writeStringField("store", store.path().toString());
              SyncFigures.writeJson(out, checkpoint);
            });
      } else {
        print(
            String.format(
                Locale.ROOT,
                "checkpoint %,d is durable; durability: %s%n",
                checkpoint.number(),
                SyncFigures.text(checkpoint.durability())));
      }
    }
    return ExitCode.OK;
  }
}
