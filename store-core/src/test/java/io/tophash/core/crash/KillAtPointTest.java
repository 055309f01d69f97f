package io.tophash.core.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that end at each named point, by {@code Runtime.halt} and by a kill. */
@Tag("crash")
@Tag("full")
class KillAtPointTest {
  private static final boolean LONG = Boolean.getBoolean("tophash.long");
  private static final int OPERATIONS = 600;

  private static final List<Kind<?, ?>> KINDS =
      LONG
          ? List.of(
              Kind.LONGS,
              Kind.CHAINS,
              Kind.ONE_CHAIN,
              Kind.RECORDS,
              Kind.LARGE,
              Kind.UNDO,
              Kind.INTS)
          : List.of(Kind.RECORDS, Kind.CHAINS, Kind.UNDO);

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  /** One process that ends at one point. */
  private record Case(Kind<?, ?> kind, String point, int times, Child.End end) {}

  @Test
  void aProcessThatEndsAtANamedPointLosesNothing() throws Exception {
    List<Case> cases = cases();
    assertTrue(cases.size() > 60, () -> "cases=" + cases.size());
    ExecutorService twoAtATime = Executors.newFixedThreadPool(2);
    try {
      List<Future<String>> results = new ArrayList<>();
      for (Case c : cases) {
        results.add(twoAtATime.submit(() -> run(c)));
      }
      List<String> failures = new ArrayList<>();
      for (Future<String> result : results) {
        String failure = result.get();
        if (failure != null) {
          failures.add(failure);
        }
      }
      assertEquals(List.of(), failures);
    } finally {
      twoAtATime.shutdownNow();
    }
  }

  private List<Case> cases() throws Exception {
    List<Case> cases = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (Kind<?, ?> kind : KINDS) {
      for (Map.Entry<String, Integer> count : counts(kind).entrySet()) {
        String point = count.getKey();
        int last = count.getValue();
        if (seen.merge(point, 1, Integer::sum) > 1 && !LONG) {
          continue;
        }
        Set<Integer> times = new LinkedHashSet<>(LONG ? List.of(1, 2, 7, last) : List.of(1, last));
        for (int n : times) {
          if (n <= last) {
            cases.add(new Case(kind, point, n, n == last ? Child.End.WAIT : Child.End.HALT));
          }
        }
      }
    }
    return cases;
  }

  private Map<String, Integer> counts(Kind<?, ?> kind) throws Exception {
    Path store = directory.resolve("count.tph");
    Files.deleteIfExists(store);
    Process child = Children.start(kind, store, 0, OPERATIONS, Child.End.COUNT, "none", 0);
    String text = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), "how the child ended");
    Map<String, Integer> counts = new TreeMap<>();
    text.lines().forEach(l -> counts.put(l.split(" ")[0], Integer.valueOf(l.split(" ")[1])));
    return counts;
  }

  private String run(Case c) throws IOException, InterruptedException {
    String name = c.kind() + "-" + c.point() + "-" + c.times() + "-" + c.end();
    Path store = directory.resolve(name + ".tph");
    Process child = Children.start(c.kind(), store, 0, OPERATIONS, c.end(), c.point(), c.times());
    int acknowledged = Children.acknowledged(child, Integer.MAX_VALUE);
    int status = child.waitFor();
    if (status != (c.end() == Child.End.HALT ? 9 : 128 + 9)) {
      return name + ": the child did not end at the point, status=" + status;
    }
    try {
      Children.check(c.kind(), store, new HashMap<>(), 0, Math.max(0, acknowledged));
      return null;
    } catch (Oracle.WrongState | RuntimeException e) {
      return name + ": " + e;
    } finally {
      Files.deleteIfExists(store);
      Files.deleteIfExists(store.resolveSibling(store.getFileName() + ".lock"));
    }
  }
}
