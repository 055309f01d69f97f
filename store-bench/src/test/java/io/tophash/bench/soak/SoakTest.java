package io.tophash.bench.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The long run, for some seconds; for 30 minutes with {@code -Plong}. It compares each value that
 * it reads, and fails by its exit status.
 */
@Tag("contract")
@Tag("full")
class SoakTest {
  private static final boolean LONG = Boolean.getBoolean("tophash.long");

  /** Long enough for one kill, a restart and an iteration. */
  private static final String MINUTES = LONG ? "30" : "0.2";

  private static final Pattern END =
      Pattern.compile(
          "soak ended: minutes=\\S+ kills=(\\d+) takeovers=\\d+ entries=(\\d+) findings=\\[]"
              + " failure=null");

  private static final Pattern CACHE_END =
      Pattern.compile(
          "cache soak ended: minutes=\\S+ kills=(\\d+) entries=(\\d+) evicted=\\d+ rejected=\\d+"
              + " puts=\\d+ findings=\\[] failure=null");

  @TempDir Path dir;

  @Test
  void noValueIsWrongAndTheStoreIsWholeInTheEnd() throws IOException, InterruptedException {
    run(Soak.class, "--store", END, "soak.csv", "soak-memory.svg");
  }

  @Test
  void noValueOfACacheIsWrongAndItsBoundIsKept() throws IOException, InterruptedException {
    run(CacheSoak.class, "--cache", CACHE_END, "cache-soak.csv", "cache-soak-space.svg");
  }

  private void run(Class<?> main, String option, Pattern pattern, String csv, String chart)
      throws IOException, InterruptedException {
    Path memory = Path.of("/dev/shm");
    Path store =
        Files.isWritable(memory)
            ? Files.createTempFile(memory, "tophash-soak", ".tph")
            : dir.resolve("soak.tph");
    try {
      Path out = dir.resolve("out");
      Path log = dir.resolve("log");
      int status =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  main.getName(),
                  "--minutes",
                  MINUTES,
                  option,
                  store.toString(),
                  "--out",
                  out.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
      String text = Files.readString(log);
      System.out.print(text);
      assertEquals(0, status, text);
      Matcher end = pattern.matcher(text);
      assertTrue(end.find(), text);
      assertTrue(Integer.parseInt(end.group(1)) >= 1, "nobody was killed");
      assertTrue(Integer.parseInt(end.group(2)) > 0, "nothing was stored");
      List<String> lines = Files.readAllLines(out.resolve(csv));
      assertTrue(lines.size() > 2, "no figures");
      assertTrue(Files.size(out.resolve(chart)) > 0);
      Path child = out.resolve("child.log");
      assertEquals("", Files.exists(child) ? Files.readString(child) : "");
    } finally {
      for (String suffix : new String[] {"", ".lock", ".new", "-backup", "-backup.lock"}) {
        Files.deleteIfExists(store.resolveSibling(store.getFileName() + suffix));
      }
    }
  }
}
