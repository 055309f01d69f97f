package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the commands on one store share: the store's path, {@code --json}, the streams. */
@Command(mixinStandardHelpOptions = true, versionProvider = Tophash.Version.class)
abstract class StoreCommand implements Callable<Integer> {
  final Console console;

  @Spec CommandSpec spec;

  @Parameters(index = "0", paramLabel = "STORE", description = "The store file.")
  Path path;

  @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
  boolean json;

  StoreCommand(Console console) {
    this.console = console;
  }

  /** Writes one JSON object. */
  @FunctionalInterface
  interface JsonBody {
    void write(JsonGenerator json) throws IOException;
  }

  /** Prints one JSON object as one line. */
  void printJson(JsonBody body) throws IOException {
    Writer writer = console.newWriter();
    JsonGenerator generator = Json.lines(writer);
    generator.writeStartObject();
    body.write(generator);
    generator.writeEndObject();
    generator.close();
    writer.write('\n');
    writer.flush();
  }

  /** Prints text for people. */
  void print(String text) throws IOException {
    Writer writer = console.newWriter();
    writer.write(text);
    writer.flush();
  }

  ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
