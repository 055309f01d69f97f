package io.tophash.sync.crash;

import io.tophash.core.crash.CrashHook;
import io.tophash.core.crash.StoreLog;
import io.tophash.core.memory.Sidecar;
import io.tophash.core.memory.StoreFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Runs a scene and, before each single store of it, asks what another process would find if this
 * one were killed there: a copy of the file has a sidecar of its own, in which nobody is alive.
 *
 * <p>A place in the code (its call stack) is checked at each of its first visits, then now and
 * then.
 */
final class KillSimulation implements CrashHook.Tracer {
  /** Names of all points that were reached in this JVM. */
  static final Set<String> REACHED = ConcurrentHashMap.newKeySet();

  private final Scene scene;
  private final Path path;
  private final StoreLog log;
  private final Survivor survivor;
  private final int firstVisits;
  private final int laterVisits;
  private final Random random = new Random(11);
  private final Map<Integer, Integer> visits = new HashMap<>();
  private List<Map<Long, Long>> legal = List.of();
  private Op operation;
  private Target<?, ?> target;
  private boolean wasAtomic;
  private int stores;
  String failure;

  /**
   * @param damage what a broken variant does to each image
   * @param firstVisits how many visits of a place are checked
   * @param laterVisits of the later ones, one in how many
   */
  KillSimulation(
      Scene scene,
      Path directory,
      StoreLog.Order order,
      Consumer<ByteBuffer> damage,
      int firstVisits,
      int laterVisits) {
    this.scene = scene;
    this.path = StoreFile.realPath(directory.resolve("store.tph"), false);
    this.log = new StoreLog(path, order);
    this.survivor = new Survivor(scene, directory.resolve("copy.tph"), order, damage);
    this.firstVisits = firstVisits;
    this.laterVisits = laterVisits;
  }

  static void note(String point) {
    REACHED.add(point);
  }

  long cases() {
    return survivor.cases;
  }

  int mostRepairStores() {
    return survivor.mostStores;
  }

  /** Runs the scene until one check fails. */
  void run(boolean inSecondSlot) throws Exception {
    Sidecar first = inSecondSlot ? Survivor.occupySlot(path) : null;
    try {
      Map<Long, Long> model = Map.of();
      legal = List.of(model);
      boolean observesCreation = scene.setup().isEmpty();
      CrashHook.trace(observesCreation ? this : null);
      open();
      CrashHook.trace(null);
      for (Op op : scene.setup()) {
        op.run(target, model);
        model = LaterState.of(model, op);
      }
      for (Op op : scene.script()) {
        if (failure != null) {
          break;
        }
        model = step(op, model);
      }
      operation = Op.of(Op.What.REOPEN);
      traced(target::close);
    } finally {
      if (first != null) {
        first.unlockSlot(0);
        first.release();
      }
      CrashHook.trace(null);
      log.close();
      target.close();
      Files.deleteIfExists(path);
    }
  }

  private Map<Long, Long> step(Op op, Map<Long, Long> model) {
    operation = op;
    Map<Long, Long> after = op.after(model);
    legal = List.of(model, after);
    if (op.what() == Op.What.REOPEN) {
      traced(
          () -> {
            target.close();
            open();
          });
    } else {
      traced(() -> op.run(target, model));
    }
    legal = List.of(after);
    return after;
  }

  private void open() {
    target = Target.open(scene.kind(), path, scene.shards());
  }

  private void traced(Runnable action) {
    log.settle();
    CrashHook.trace(this);
    try {
      action.run();
    } finally {
      CrashHook.trace(null);
    }
  }

  /** The compiler moves nothing across a system call. */
  static boolean followsSystemCall(String point) {
    return point.startsWith("file.") || point.equals("create.published");
  }

  @Override
  public void reached(String point) {
    note(point);
    if (followsSystemCall(point)) {
      log.settle();
    }
    if (stores > 0) {
      visit(point.hashCode());
    }
  }

  @Override
  public void storing(long position, int length, boolean release) {
    if (stores++ > 0) {
      visit(0);
    }
    if (wasAtomic) {
      // Nothing moves in front of an atomic operation that is complete.
      log.fence();
    }
    wasAtomic = isAtomic();
    log.storing(position, length, release);
  }

  @Override
  public void fence() {
    log.fence();
  }

  static boolean isAtomic() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .limit(6)
                    .map(StackWalker.StackFrame::getMethodName)
                    .anyMatch(m -> m.startsWith("compareAndSet") || m.startsWith("getAndAdd")));
  }

  private void visit(int salt) {
    int visit = visits.merge(31 * placeInCode() + salt, 1, Integer::sum);
    if (failure != null || visit > firstVisits && visit % laterVisits != 0) {
      return;
    }
    CrashHook.trace(null);
    try {
      boolean mixed = operation != null && operation.what() == Op.What.CLEAR && scene.shards() > 1;
      String problem = survivor.check(log.image(), log.isUnfinished(), legal, mixed);
      if (problem == null) {
        problem = survivor.check(log.image(random), log.isUnfinished(), legal, mixed);
        problem = problem == null ? null : "with stores moved: " + problem;
      }
      if (problem != null) {
        failure = problem + "\n  scene=" + scene + " operation=" + operation + " before " + stack();
      }
    } finally {
      CrashHook.trace(this);
    }
  }

  private static boolean isEngine(String className) {
    return className.startsWith("io.tophash.sync.")
        && !className.startsWith("io.tophash.sync.crash");
  }

  private static int placeInCode() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(f -> isEngine(f.getClassName()))
                    .mapToInt(f -> f.getClassName().hashCode() * 31 + f.getByteCodeIndex())
                    .reduce(0, (a, b) -> a * 31 + b));
  }

  private static String stack() {
    StringBuilder text = new StringBuilder();
    for (StackTraceElement frame : new Throwable().getStackTrace()) {
      if (isEngine(frame.getClassName())) {
        text.append("\n    ").append(frame);
      }
    }
    return text.toString();
  }
}
