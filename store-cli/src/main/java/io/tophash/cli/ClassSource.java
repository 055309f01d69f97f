package io.tophash.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The data of the demo: names with bytes that can be read again at any time. */
interface ClassSource {
  /** The names, each once. */
  List<String> names();

  /** The bytes of one name. */
  byte[] read(String name) throws IOException;

  /** The class files of the running JVM, such as {@code java.base/java/lang/Object.class}. */
  static ClassSource ofRuntime(long limit) throws IOException {
    Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
    List<String> names;
    try (Stream<Path> files = Files.walk(modules)) {
      names =
          files
              .map(file -> modules.relativize(file).toString())
              .filter(name -> name.endsWith(".class"))
              .limit(limit)
              .collect(Collectors.toList());
    }
    return new ClassSource() {
      @Override
      public List<String> names() {
        return names;
      }

      @Override
      public byte[] read(String name) throws IOException {
        return Files.readAllBytes(modules.resolve(name));
      }
    };
  }
}
