package io.tophash.cli;

import picocli.CommandLine.Command;

@Command(name = "demo")
final class DemoCommand implements java.util.concurrent.Callable<Integer> {
  DemoCommand(Console console) {}

  public Integer call() {
    return 0;
  }
}
