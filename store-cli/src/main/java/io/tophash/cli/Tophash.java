package io.tophash.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code tophash} command: with no subcommand it prints its usage. */
@Command(
    name = "tophash",
    description = "Looks into and works on Tophash store files.",
    mixinStandardHelpOptions = true,
    versionProvider = Tophash.Version.class)
public final class Tophash implements Runnable {
  @Spec private CommandSpec spec;

  private Tophash() {}

  /**
   * Runs the command and exits with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Tophash()).execute(args));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The version that the build wrote into the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Tophash.class.getPackage().getImplementationVersion();
      return new String[] {"tophash " + (version == null ? "(not packaged)" : version)};
    }
  }
}
