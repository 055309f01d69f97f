package io.tophash.cli;

import java.time.Duration;
import picocli.CommandLine.Mixin;

/** What the commands share that open the store. */
abstract class OpeningCommand extends StoreCommand {
  @Mixin private WaitOption waiting = new WaitOption();

  OpeningCommand(Console console) {
    super(console);
  }

  /** How long they wait for a store that somebody else has open. */
  Duration patience() {
    return waiting.duration();
  }
}
