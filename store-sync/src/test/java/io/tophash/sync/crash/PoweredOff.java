package io.tophash.sync.crash;

import io.tophash.core.format.HeaderLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies of a store and its log, as the machine may find them on its next run. */
final class PoweredOff {
  private PoweredOff() {}

  /** All that was stored has reached the device; the store is taken before its log. */
  static Path copy(Path store, Path copy) {
    try {
      Files.copy(store, copy);
      String name = store.getFileName().toString();
      try (DirectoryStream<Path> logs =
          Files.newDirectoryStream(store.getParent(), name + ".log-*")) {
        for (Path log : logs) {
          String suffix = log.getFileName().toString().substring(name.length());
          Files.copy(log, copy.resolveSibling(copy.getFileName() + suffix));
        }
      }
      try (RandomAccessFile out = new RandomAccessFile(copy.toFile(), "rw")) {
        out.seek(HeaderLayout.BOOT_ID);
        out.write(new byte[] {1, 2, 3, 4});
        // Who is in the process table lives on this run of the machine only.
        out.seek(RegionLayout.PROCESSES);
        out.write(new byte[RegionLayout.WINDOWS - RegionLayout.PROCESSES]);
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a copy. */
  static void delete(Path copy) {
    String name = copy.getFileName().toString();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(copy.getParent(), path -> isOf(path, name))) {
      for (Path path : all) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOf(Path path, String name) {
    String file = path.getFileName().toString();
    return file.equals(name) || file.startsWith(name + ".l");
  }
}
