package io.tophash.core.crash;

import io.tophash.core.testing.Effort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs operations and, before each single store of them, asks what a kill at that instant would
 * leave: copies the file, opens the copy, checks it. No process dies, so thousands of instants are
 * checked in a second.
 *
 * <p>A place in the code (its call stack) is checked at each of its first visits, then now and
 * then.
 */
final class Simulation<K, V> implements CrashHook.Tracer {
  /** Names of all points that were reached in this JVM. */
  static final Set<String> REACHED = ConcurrentHashMap.newKeySet();

  /** Operations that are acknowledged together: a compiler may mix their stores. */
  private static final int GROUP = 3;

  /** Frames that tell one place from another: in the quick form the calls near the store. */
  private static final int FRAMES = Effort.of(4, Integer.MAX_VALUE, Integer.MAX_VALUE);

  private final Workload<K, V> workload;
  private final StoreLog log;
  private final Oracle<K, V> oracle;
  private final Random random;
  private final int firstVisits;
  private final int laterVisits;
  private final Map<Integer, Integer> visits = new HashMap<>();
  private final List<Map<Object, Object>> group = new ArrayList<>();
  private String operation = "create";
  private int stores;
  String failure;

  /**
   * @param firstVisits how many visits of a place are checked
   * @param laterVisits of the later ones, one in how many
   */
  Simulation(
      Kind<K, V> kind,
      Path directory,
      StoreLog.Order order,
      boolean skipsRecovery,
      int firstVisits,
      int laterVisits) {
    Path path = directory.resolve("store.tph");
    this.workload = new Workload<>(kind, path);
    this.log = new StoreLog(path, order);
    this.oracle = new Oracle<>(kind, directory.resolve("copy.tph"), 7, order, skipsRecovery);
    this.random = new Random(11);
    this.firstVisits = firstVisits;
    this.laterVisits = laterVisits;
  }

  static void note(String point) {
    REACHED.add(point);
  }

  long cases() {
    return oracle.cases;
  }

  long mostRecoveryStores() {
    return oracle.mostRecoveryStores;
  }

  /** Runs the operations until one check fails. */
  void run(int operations) throws IOException {
    Map<Object, Object> model = new HashMap<>();
    group.add(model);
    boolean observeCreation = workload.kind.preload() == 0;
    CrashHook.trace(observeCreation ? this : null);
    workload.open();
    workload.preload(model);
    CrashHook.trace(this);
    for (int i = 0; i < operations && failure == null; i++) {
      operation = workload.describe(i);
      if (i % GROUP == 0) {
        group.clear();
        group.add(model);
        log.settle();
      }
      Map<Object, Object> after = workload.after(model, i);
      group.add(after);
      if (workload.run(i)) {
        model = after;
      } else {
        group.set(group.size() - 1, model);
      }
    }
    operation = "close";
    log.settle();
    group.clear();
    group.add(model);
    group.add(model);
    workload.store.close();
    CrashHook.trace(null);
    log.close();
    Files.deleteIfExists(workload.store.path());
  }

  @Override
  public void reached(String point) {
    note(point);
    if (point.startsWith("file.")) {
      // A system call: the compiler moves nothing across it.
      log.settle();
    }
    // Before the first store there is no file of this store.
    if (stores > 0) {
      visit(point.hashCode());
    }
  }

  @Override
  public void storing(long position, int length, boolean release) {
    if (stores++ > 0) {
      visit(0);
    }
    log.storing(position, length, release);
  }

  @Override
  public void fence() {
    log.fence();
  }

  private void visit(int point) {
    if (failure != null) {
      return;
    }
    int place = 31 * placeInCode() + point;
    int before = visits.merge(place, 1, Integer::sum);
    if (before > firstVisits && random.nextInt(laterVisits) != 0) {
      return;
    }
    CrashHook.trace(null);
    try {
      // In the order of the program, at most the operation in flight is open.
      List<Map<Object, Object>> lastTwo =
          group.subList(Math.max(0, group.size() - 2), group.size());
      failure = oracle.check(log.image(), log.isUnfinished(), lastTwo);
      if (failure == null) {
        failure = oracle.check(log.image(random), log.isUnfinished(), group);
        failure = failure == null ? null : "with stores moved: " + failure;
      }
      if (failure != null) {
        failure =
            failure
                + "\n  kind="
                + workload.kind
                + " operation="
                + operation
                + " before "
                + stack();
      }
    } finally {
      CrashHook.trace(this);
    }
  }

  private static int placeInCode() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .dropWhile(Simulation::isOfTheTest)
                    // Who called the operation is the same for all.
                    .takeWhile(f -> !isOfTheTest(f))
                    .filter(f -> f.getClassName().startsWith("io.tophash.core."))
                    .limit(FRAMES)
                    .mapToInt(f -> f.getClassName().hashCode() * 31 + f.getByteCodeIndex())
                    .reduce(0, (a, b) -> a * 31 + b));
  }

  private static boolean isOfTheTest(StackWalker.StackFrame frame) {
    return frame.getClassName().startsWith("io.tophash.core.crash.");
  }

  private static String stack() {
    StringBuilder text = new StringBuilder();
    for (StackTraceElement frame : new Throwable().getStackTrace()) {
      if (frame.getClassName().startsWith("io.tophash.core.")
          && !frame.getClassName().startsWith("io.tophash.core.crash")) {
        text.append("\n    ").append(frame);
      }
    }
    return text.toString();
  }
}
