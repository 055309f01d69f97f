package io.tophash.sync.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/** Names of the files of a log. */
final class LogNames {
  private LogNames() {}

  /** A file of the log. */
  static Path path(Path store, int file) {
    return store.resolveSibling(store.getFileName() + ".log-" + file);
  }

  /** The files that are there, by number. */
  static TreeMap<Integer, Path> list(Path store) {
    String prefix = store.getFileName() + ".log-";
    TreeMap<Integer, Path> files = new TreeMap<>();
    Path directory = store.toAbsolutePath().getParent();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            directory, path -> path.getFileName().toString().startsWith(prefix))) {
      for (Path path : all) {
        String number = path.getFileName().toString().substring(prefix.length());
        if (number.matches("0|[1-9][0-9]{0,2}")) {
          files.put(Integer.valueOf(number), path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DirectoryIteratorException e) {
      throw new UncheckedIOException(e.getCause());
    }
    return files;
  }
}
