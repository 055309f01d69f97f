package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreFullException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The path of a store: one name for it, and what may be wrong with it or its file system. */
public final class StorePaths {
  private StorePaths() {}

  /** The absolute path without symbolic links: the same for each name of a store. */
  static Path realPath(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new StoreException("the path is not a file, path=" + absolute);
    }
    if (Files.isSymbolicLink(absolute) && !Files.exists(absolute)) {
      throw new StoreException(
          "the path is a symbolic link that leads to no file; remove the link or name the file that"
              + " it should lead to, path="
              + absolute);
    }
    try {
      return Files.exists(absolute)
          ? absolute.toRealPath()
          : parent.toRealPath().resolve(absolute.getFileName());
    } catch (NoSuchFileException e) {
      throw new StoreException(
          "the directory of the store does not exist; create it first, directory=" + parent, e);
    } catch (IOException e) {
      throw new StoreException("cannot resolve the path of the store, path=" + absolute, e);
    }
  }

  /** The sidecar of a store: {@link Sidecar}. */
  static Path lockFile(Path store) {
    return store.resolveSibling(store.getFileName() + ".lock");
  }

  /** What a file system says, without the name of the file, which the message has already. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileSystemException && ((FileSystemException) e).getReason() != null
        ? ((FileSystemException) e).getReason()
        : String.valueOf(e.getMessage());
  }

  /** Rejects what is no file, or may not be used as asked. */
  static void checkPath(Path path, boolean readOnly) {
    if (Files.isDirectory(path)) {
      throw new StoreException(
          "the path is a directory; name a file in it, e.g. data.tph, path=" + path);
    }
    if (!Files.exists(path)) {
      if (readOnly) {
        throw new StoreException(
            "there is no store to open read-only; open it for writing once to create it, store="
                + path);
      }
    } else if (!Files.isRegularFile(path)) {
      throw new StoreException("the path is not a regular file, path=" + path);
    } else if (!Files.isReadable(path)) {
      throw new StoreException("no permission to read the store, store=" + path);
    }
    if (!readOnly
        && !(Files.exists(path) ? Files.isWritable(path) : Files.isWritable(path.getParent()))) {
      throw new StoreException(
          "no permission to write the store, or its file system is read-only; open it with"
              + " readOnly(true), store="
              + path);
    }
  }

  /** Name of a new store until it is complete. */
  static Path unfinished(Path path) {
    return path.resolveSibling(path.getFileName() + ".new");
  }

  static StoreFullException limitReached(Path path, long maxBytes, long neededBytes) {
    return new StoreFullException(
        "the store has reached its size limit; delete entries or raise maxBytes, store="
            + path
            + " maxBytes="
            + maxBytes
            + " neededBytes="
            + neededBytes);
  }

  static StoreFullException cannotExtend(Path path, long bytes, long neededBytes, IOException e) {
    return new StoreFullException(
        "cannot extend the store: "
            + e.getMessage()
            + "; free space on its file system, store="
            + path
            + " bytes="
            + bytes
            + " neededBytes="
            + neededBytes,
        e);
  }

  /**
   * Reads the start of a store that this JVM need not have open, without a lock; shorter if the
   * file is.
   */
  public static byte[] readHead(Path path, int bytes) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(bytes);
    } finally {
      StoreAnchor.fileClosed(realPath(path));
    }
  }

  /**
   * Deletes both files of a temporary store, which is closed.
   *
   * @throws StoreException if that fails
   */
  public static void delete(Path store) {
    try {
      Files.deleteIfExists(store);
      Files.deleteIfExists(lockFile(store));
    } catch (IOException e) {
      throw new StoreException("cannot delete the temporary store, store=" + store, e);
    }
  }

  /** Writes the names of the files beside a store back to the storage device. */
  public static void forceDirectory(Path store) {
    try {
      FileThread.call(
          () -> {
            try (FileChannel directory =
                FileChannel.open(store.getParent(), StandardOpenOption.READ)) {
              directory.force(true);
            }
            return null;
          });
      CrashPoint.reached("directory.forced");
    } catch (IOException e) {
      // Not every system lets a directory be opened; then the name is as durable as it makes it.
    }
  }
}
