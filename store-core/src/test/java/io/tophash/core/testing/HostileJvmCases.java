package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What other code of a JVM does to the files of a store that is open there: each of it makes the
 * kernel drop the locks of that JVM. Nobody may get in for that. The JVM that does it is a child;
 * who tries to get in is this one.
 */
@Tag("fault")
public abstract class HostileJvmCases {
  /** How a store of the kind is opened. */
  public interface Opener {
    /** Opens a store for writing, or makes it. */
    AutoCloseable open(Path path, boolean readOnly);
  }

  @TempDir protected Path dir;
  protected Path path;

  /** A main class that calls {@link #serve}. */
  protected abstract Class<?> child();

  /** Tries to get in beside a child that has the store open for writing, or does so rightly. */
  protected abstract void assertGuarded(ChildJvm writer) throws Exception;

  /** The same beside a reader. */
  protected abstract void assertReaderGuarded() throws Exception;

  @BeforeEach
  void resolve() throws IOException {
    path = dir.toRealPath().resolve("a.tph");
  }

  /** The child: opens, and then does what it is told. */
  public static void serve(String[] args, Class<?> main, Opener opener) throws Exception {
    Path path = Path.of(args[0]);
    AutoCloseable store = opener.open(path, args[1].equals("read"));
    System.out.println("open");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      switch (line) {
        case "read":
          Files.readAllBytes(lockFile(path));
          break;
        case "copy":
          copyDirectory(path);
          break;
        case "loader":
          openElsewhere(path, main);
          break;
        case "properties":
          System.setProperties(new java.util.Properties(System.getProperties()));
          break;
        case "descriptors":
          System.out.print(descriptors(path) + " ");
          break;
        case "close":
          store.close();
          break;
        default:
          throw new IllegalArgumentException(line);
      }
      System.out.println("done");
    }
  }

  private static Path lockFile(Path path) {
    return path.resolveSibling(path.getFileName() + ".lock");
  }

  private static void copyDirectory(Path path) throws IOException {
    Path copy = Files.createDirectories(path.resolveSibling("copy"));
    Files.copy(path, copy.resolve(path.getFileName()));
    Files.copy(lockFile(path), copy.resolve(lockFile(path).getFileName()));
  }

  private static long descriptors(Path path) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(fd -> leadsTo(fd, lockFile(path))).count();
    }
  }

  private static boolean leadsTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file);
    } catch (IOException e) {
      return false;
    }
  }

  /** A class loader that loads all anew; collected when it was refused. */
  private static void openElsewhere(Path path, Class<?> main) throws Exception {
    WeakReference<ClassLoader> gone = refused(path, main);
    for (int i = 0; i < 20 && gone.get() != null; i++) {
      System.gc();
      System.runFinalization();
    }
  }

  private static WeakReference<ClassLoader> refused(Path path, Class<?> main) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(urls(), ClassLoader.getPlatformClassLoader())) {
      Class<?> other = loader.loadClass(main.getName());
      for (int i = 0; i < 5; i++) {
        try {
          other.getMethod("openOnce", Path.class).invoke(null, path);
          throw new IllegalStateException("another class loader got in");
        } catch (InvocationTargetException e) {
          String refusal = e.getCause().toString();
          if (!refusal.contains("through another class loader")) {
            throw new IllegalStateException(refusal, e);
          }
        }
      }
      return new WeakReference<>(loader);
    }
  }

  private static URL[] urls() throws MalformedURLException {
    String[] entries = ChildJvm.classPath().split(File.pathSeparator);
    URL[] urls = new URL[entries.length];
    for (int i = 0; i < entries.length; i++) {
      urls[i] = Path.of(entries[i]).toUri().toURL();
    }
    return urls;
  }

  private ChildJvm open(String how) {
    ChildJvm child = ChildJvm.start(List.of(), child(), path, how);
    assertEquals("open", firstLine(child));
    return child;
  }

  /** Past what the log says. */
  private static String firstLine(ChildJvm child) {
    String line = child.readLine();
    while (line != null && !line.endsWith("done") && !line.equals("open")) {
      line = child.readLine();
    }
    return line;
  }

  protected static String tell(ChildJvm child, String command) {
    assertTrue(child.writeLine(command));
    String answer = firstLine(child);
    assertTrue(answer != null && answer.endsWith("done"), () -> command + ": " + answer);
    return answer;
  }

  @Test
  void readingTheLockFileLetsNobodyIn() throws Exception {
    try (ChildJvm writer = open("write")) {
      tell(writer, "read");
      assertGuarded(writer);
    }
  }

  @Test
  void copyingTheDirectoryLetsNobodyIn() throws Exception {
    try (ChildJvm writer = open("write")) {
      tell(writer, "copy");
      assertGuarded(writer);
    }
  }

  @Test
  void theCopyOfALockFileKeepsNobodyOut() throws Exception {
    try (ChildJvm writer = open("write")) {
      tell(writer, "copy");
      Files.delete(dir.resolve("copy").resolve("a.tph"));
      try (ChildJvm other =
          ChildJvm.start(List.of(), child(), dir.resolve("copy").resolve("a.tph"), "write")) {
        assertEquals("open", firstLine(other));
      }
    }
  }

  @Test
  void aClassLoaderThatIsCollectedLetsNobodyInAndLeaksNothing() throws Exception {
    try (ChildJvm writer = open("write")) {
      String before = tell(writer, "descriptors");
      tell(writer, "loader");
      assertEquals(before, tell(writer, "descriptors"));
      assertGuarded(writer);
    }
  }

  @Test
  void aClassLoaderBehindOtherSystemPropertiesLetsNobodyIn() throws Exception {
    try (ChildJvm writer = open("write")) {
      tell(writer, "properties");
      tell(writer, "loader");
      assertGuarded(writer);
    }
  }

  @Test
  void aReaderWhoseLocksWereDroppedIsLeftAlone() throws Exception {
    try (ChildJvm maker = open("write")) {
      tell(maker, "close");
    }
    try (ChildJvm reader = open("read")) {
      tell(reader, "copy");
      assertReaderGuarded();
    }
  }

  @Test
  void aKilledProcessThatHadLostItsLocksIsDead() throws Exception {
    try (ChildJvm writer = open("write")) {
      tell(writer, "copy");
      writer.kill();
    }
    try (ChildJvm next = open("write")) {
      tell(next, "close");
    }
  }

  /** What an open says that is refused, as text. */
  protected static String refusal(Opener opener, Path path, boolean readOnly) throws Exception {
    try {
      opener.open(path, readOnly).close();
      return "nobody refused it";
    } catch (StoreException e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }
}
