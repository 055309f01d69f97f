package io.tophash.infinispan;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.infinispan.persistence.spi.PersistenceException;

/**
 * The directory of one cache on one node: a few files, each with a range of segments.
 *
 * <pre>
 *  node.lock               locked while a node uses the directory
 *  layout.properties       number of segments and of files, written once
 *  segments-000.tph        a SyncStore, made when the first entry of its segments comes
 *  segments-001.tph ...
 * </pre>
 *
 * A hash table cannot be walked by segment, so a file is the unit that a walk has: what concerns
 * one segment concerns one file. All methods are safe for use by several threads; {@link #close}
 * ends operations of others with {@link IllegalStateException}.
 */
final class SegmentFiles implements AutoCloseable {
  private static final String LOCK = "node.lock";
  private static final String LAYOUT = "layout.properties";
  private static final String SEGMENTS = "segments";
  private static final String FILES = "files";

  private final Path directory;
  private final int segments;
  private final FileChannel lock;

  /** Null where the file is not there yet; set once, by {@link #toWrite} or at the start. */
  private final AtomicReferenceArray<SyncStore<byte[], byte[]>> stores;

  private SegmentFiles(Path directory, int segments, int files, FileChannel lock) {
    this.directory = directory;
    this.segments = segments;
    this.lock = lock;
    this.stores = new AtomicReferenceArray<>(files);
  }

  /**
   * Opens the directory, and makes it if it is not there.
   *
   * @throws PersistenceException if another node uses it, if it was made for another number of
   *     segments or files, or if it cannot be written to
   */
  static SegmentFiles open(Path directory, int segments, int files) {
    FileChannel lock = null;
    try {
      Files.createDirectories(directory);
      lock = lock(directory);
      checkLayout(directory, segments, Math.min(files, segments));
      SegmentFiles opened = new SegmentFiles(directory, segments, Math.min(files, segments), lock);
      opened.openFilesThatAreThere();
      return opened;
    } catch (IOException e) {
      closeQuietly(lock, e);
      String reason =
          e instanceof AccessDeniedException ? "it may not be written to" : e.toString();
      throw new PersistenceException(
          "cannot use the directory of a Tophash store: " + reason + ": directory=" + directory, e);
    } catch (RuntimeException e) {
      closeQuietly(lock, e);
      throw e;
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // A node in this JVM has it.
    }
    channel.close();
    throw new PersistenceException(
        "another node uses this directory; give each node a path of its own: directory="
            + directory);
  }

  private static void closeQuietly(FileChannel lock, Exception cause) {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private static void checkLayout(Path directory, int segments, int files) throws IOException {
    Path path = directory.resolve(LAYOUT);
    Properties wanted = new Properties();
    wanted.setProperty(SEGMENTS, Integer.toString(segments));
    wanted.setProperty(FILES, Integer.toString(files));
    if (!Files.exists(path)) {
      Path written = directory.resolve(LAYOUT + ".new");
      try (Writer writer = Files.newBufferedWriter(written)) {
        wanted.store(writer, null);
      }
      Files.move(written, path, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    Properties found = new Properties();
    try (Reader reader = Files.newBufferedReader(path)) {
      found.load(reader);
    }
    if (!found.equals(wanted)) {
      throw new PersistenceException(
          "the store was made for another number of segments or files; configure the cache as"
              + " before, or remove the directory and let the node fetch its entries again:"
              + (" directory=" + directory + " found=" + found + " wanted=" + wanted));
    }
  }

  private void openFilesThatAreThere() {
    try {
      for (int file = 0; file < stores.length(); file++) {
        if (Files.exists(path(file))) {
          stores.set(file, openStore(file));
        }
      }
    } catch (RuntimeException e) {
      closeStores();
      throw e;
    }
  }

  private Path path(int file) {
    return directory.resolve(String.format("segments-%03d.tph", file));
  }

  private SyncStore<byte[], byte[]> openStore(int file) {
    return SyncStore.builder(Codecs.bytes(), Codecs.bytes()).open(path(file));
  }

  /** Number of files that there may be. */
  int count() {
    return stores.length();
  }

  int fileOf(int segment) {
    return (int) ((long) segment * stores.length() / segments);
  }

  /** True if the given segments are all that the file has. */
  boolean coversFile(int file, java.util.function.IntPredicate wanted) {
    return segmentsOf(file).allMatch(wanted);
  }

  IntStream segmentsOf(int file) {
    return IntStream.range(firstSegment(file), firstSegment(file + 1));
  }

  /** The least segment whose {@link #fileOf} is the file. */
  private int firstSegment(int file) {
    return (int) (((long) file * segments + stores.length() - 1) / stores.length());
  }

  /** The store of a file, or null if none of its segments ever had an entry. */
  SyncStore<byte[], byte[]> toRead(int file) {
    return stores.get(file);
  }

  /** The store of a file, which is made if it is not there. */
  SyncStore<byte[], byte[]> toWrite(int file) {
    SyncStore<byte[], byte[]> store = stores.get(file);
    if (store != null) {
      return store;
    }
    synchronized (this) {
      store = stores.get(file);
      if (store == null) {
        if (!lock.isOpen()) {
          throw new IllegalStateException("the store is closed: directory=" + directory);
        }
        store = openStore(file);
        stores.set(file, store);
      }
      return store;
    }
  }

  Stream<SyncStore<byte[], byte[]>> all() {
    return IntStream.range(0, stores.length()).mapToObj(stores::get).filter(Objects::nonNull);
  }

  private void closeStores() {
    all().forEach(SyncStore::close);
  }

  /** Ends the use; what is stored stays. A second call does nothing. */
  @Override
  public synchronized void close() {
    closeStores();
    try {
      lock.close();
    } catch (IOException e) {
      throw new PersistenceException("cannot release " + directory.resolve(LOCK), e);
    }
  }

  /** Removes the directory and all that is stored; the files must have been closed. */
  void delete() {
    try {
      for (int file = 0; file < stores.length(); file++) {
        Files.deleteIfExists(path(file));
        Files.deleteIfExists(path(file).resolveSibling(path(file).getFileName() + ".lock"));
      }
      Files.deleteIfExists(directory.resolve(LAYOUT));
      Files.deleteIfExists(directory.resolve(LOCK));
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new PersistenceException("cannot remove the store: directory=" + directory, e);
    }
  }
}
