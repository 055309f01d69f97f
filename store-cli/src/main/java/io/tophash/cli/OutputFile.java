package io.tophash.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Where an export goes. A regular file appears when it is complete: it is written under a name of
 * its own beside the file, and then takes the file's place and its permissions. Symbolic links are
 * followed. What is no regular file (a device, a pipe) is written as it is.
 */
final class OutputFile implements AutoCloseable {
  private static final Path OPEN_FILES = Path.of("/proc");
  private static final int MOST_LINKS = 40;
  private static final int MOST_NAMES = 1000;

  private final Path file;
  private final Path unfinished;
  private final OutputStream out;

  private OutputFile(Path file, Path unfinished, OutputStream out) {
    this.file = file;
    this.unfinished = unfinished;
    this.out = out;
  }

  /**
   * Begins to write a file.
   *
   * @param path its name, or a symbolic link to it
   */
  static OutputFile open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new CliException(ExitCode.STORE, "the output is a directory, file=" + path);
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      return new OutputFile(path, null, Files.newOutputStream(path, StandardOpenOption.WRITE));
    }
    Path file = withoutLinks(path);
    if (file.startsWith(OPEN_FILES)) {
      // Such as /dev/stdout: the file that somebody else has open, and perhaps appends to.
      return new OutputFile(path, null, Files.newOutputStream(path, StandardOpenOption.APPEND));
    }
    boolean there = Files.exists(file);
    if (there && !Files.isWritable(file)) {
      throw new AccessDeniedException(file.toString());
    }
    for (int i = 0; i < MOST_NAMES; i++) {
      Path unfinished = file.resolveSibling(file.getFileName() + "." + i + ".part");
      try {
        return new OutputFile(file, unfinished, create(unfinished, there && hasPermissions(file)));
      } catch (FileAlreadyExistsException e) {
        // Somebody else's.
      }
    }
    throw new FileAlreadyExistsException(file + ".*.part");
  }

  // A link may point to a file that is not there yet.
  private static Path withoutLinks(Path path) throws IOException {
    Path file = path.toAbsolutePath();
    for (int i = 0; i < MOST_LINKS; i++) {
      if (!Files.isSymbolicLink(file) || file.startsWith(OPEN_FILES)) {
        return file;
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    throw new FileSystemLoopException(path.toString());
  }

  private static boolean hasPermissions(Path file) {
    return Files.getFileAttributeView(file, PosixFileAttributeView.class) != null;
  }

  /** Nobody else may read what replaces a file before it has that file's permissions. */
  private static OutputStream create(Path unfinished, boolean secret) throws IOException {
    FileAttribute<?>[] attributes = {};
    if (secret) {
      attributes =
          new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(
                EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE))
          };
    }
    Files.createFile(unfinished, attributes);
    return Files.newOutputStream(unfinished, StandardOpenOption.WRITE);
  }

  OutputStream out() {
    return out;
  }

  /** Closes the file and lets it appear. */
  void complete() throws IOException {
    out.close();
    if (unfinished != null) {
      if (Files.exists(file) && hasPermissions(file)) {
        copyPermissions();
      }
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void copyPermissions() throws IOException {
    PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
    PosixFileAttributeView view =
        Files.getFileAttributeView(unfinished, PosixFileAttributeView.class);
    PosixFileAttributes made = view.readAttributes();
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(old.permissions());
    try {
      if (!made.group().equals(old.group())) {
        view.setGroup(old.group());
      }
      if (!made.owner().equals(old.owner())) {
        view.setOwner(old.owner());
      }
    } catch (IOException e) {
      // It may not be given away. Then what its group might do is nobody's.
      permissions.removeAll(
          EnumSet.of(
              PosixFilePermission.GROUP_READ,
              PosixFilePermission.GROUP_WRITE,
              PosixFilePermission.GROUP_EXECUTE));
    }
    view.setPermissions(permissions);
  }

  /** Closes the file; if it is not complete, nothing of it is left. */
  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      if (unfinished != null) {
        Files.deleteIfExists(unfinished);
      }
    }
  }
}
