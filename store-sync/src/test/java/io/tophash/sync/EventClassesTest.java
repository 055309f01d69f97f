package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.core.testing.ChildJvm;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where nobody uses the flight recorder its classes are not loaded while a shard is frozen. */
@Tag("contract")
class EventClassesTest {
  private static final String EVENT = "io.tophash.sync.event.RebuildEvent";

  @TempDir Path directory;

  /** Says whether the class of the event, and that of what is recorded, were loaded. */
  static final class Child {
    public static void main(String[] args) throws Exception {
      List<URL> path = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        path.add(Path.of(entry).toUri().toURL());
      }
      List<String> loaded = new ArrayList<>();
      if (args[1].equals("recorded")) {
        new Recording().start();
      }
      try (URLClassLoader loader =
          new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
              loaded.add(name);
              return super.findClass(name);
            }
          }) {
        Class<?> work = loader.loadClass(Work.class.getName());
        work.getMethod("run", Path.class).invoke(null, Path.of(args[0]));
      }
      System.out.println(loaded.contains(EVENT) + " " + loaded.contains(EVENT + "$Recorded"));
    }
  }

  /** What rebuilds segments. */
  public static final class Work {
    public static void run(Path path) {
      try (LongSyncStore store = SyncStore.longs().open(path)) {
        for (long i = 0; i < 20_000; i++) {
          store.put(i, i);
        }
      }
    }
  }

  private String loaded(String how) {
    try (ChildJvm child = ChildJvm.start(Child.class, directory.resolve(how), how)) {
      return child.readLine();
    }
  }

  @Test
  void noEventIsMadeForNobody() {
    assertEquals("true false", loaded("not"));
    assertEquals("true true", loaded("recorded"));
  }
}
