package io.tophash.cli;

import io.tophash.core.StoreInfo.Kind;
import io.tophash.sync.Durability;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How durable the changes of a SyncStore shall be. */
final class DurabilityOptions {
  /** The levels, as they are written. */
  enum LevelName {
    PROCESS("process"),
    POWER_LOSS("power-loss"),
    EACH_CHANGE("each-change");

    private final String text;

    LevelName(String text) {
      this.text = text;
    }

    static LevelName of(Durability durability) {
      return durability.equals(Durability.EACH_CHANGE)
          ? EACH_CHANGE
          : durability.maxLoss() == null ? PROCESS : POWER_LOSS;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @Option(
      names = "--durability",
      paramLabel = "LEVEL",
      description =
          "SyncStore: ${COMPLETION-CANDIDATES}. With power-loss a power cut takes the changes of"
              + " --max-loss at most, with each-change none that was made. It stands in the file and holds for all processes.")
  private LevelName level;

  @Option(
      names = "--max-loss",
      paramLabel = "DURATION",
      description = "The most that a power cut may take, from 100ms up. Default of power-loss: 1s.")
  private Duration maxLoss;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** What was asked for; null if nothing was. */
  Durability durability() {
    if (level != LevelName.POWER_LOSS) {
      if (maxLoss != null) {
        throw usage("--max-loss needs --durability power-loss");
      }
      return level == null
          ? null
          : level == LevelName.EACH_CHANGE ? Durability.EACH_CHANGE : Durability.PROCESS;
    }
    try {
      return maxLoss == null ? Durability.POWER_LOSS : Durability.POWER_LOSS.maxLoss(maxLoss);
    } catch (IllegalArgumentException e) {
      throw usage("--max-loss must be 100ms or more");
    }
  }

  /** Refuses a wish that a store of this kind cannot grant. */
  Durability durability(Kind kind) {
    Durability wanted = durability();
    if (wanted != null && kind == Kind.HASH) {
      throw usage("--durability needs a SyncStore; a HashStore has process durability");
    }
    return wanted;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
