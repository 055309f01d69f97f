package io.tophash.sync.crash;

import io.tophash.core.crash.CrashHook;
import io.tophash.sync.crash.Target.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;

/**
 * A process that takes part in a store. Says what it did in lines on its standard output: the
 * number of operations done, after each.
 */
final class Participant {
  /** What the process does when it reaches its point. */
  enum End {
    NONE,
    HALT,
    /** Stops itself, until it is told to go on. */
    STOP,
    /** Says at last how often each point was reached. */
    COUNT
  }

  /** What kind of process it is. */
  enum Role {
    WRITER,
    /** Writes, and takes what time it needs. */
    PATIENT_WRITER,
    /** Writes beside processes that are stopped: while one is, it may wait for it. */
    WRITER_AMONG_STOPPED,
    /** Forces each change before it says that it is done. */
    FORCER,
    /** Attaches, writes a little, detaches, and so on. */
    VISITOR,
    /** Read-only: looks at all keys, over and over. */
    READER,
    /** Takes a snapshot after each change, and looks at it. */
    SNAPSHOTTER,
    /** Fills the store and clears it, over and over. */
    CLEARER,
    /** Increments counters. */
    COUNTER,
    /** Read-only: follows the changes, and keeps how far it has come, with what it has. */
    FOLLOWER
  }

  static final int HALTED = 9;
  static final String HANG = "hang ";
  static final int COUNTERS = 3;
  static final long FIRST_COUNTER = 900_000;
  private static final int OPS_PER_VISIT = 5;
  private static final int OPS_TO_CLEAR = 150;

  private final Kind kind;
  private final Path path;
  private final int shards;
  private final Map<String, Integer> counts = new ConcurrentSkipListMap<>();
  private final PrintStream out = System.out;

  private Participant(Kind kind, Path path, int shards) {
    this.kind = kind;
    this.path = path;
    this.shards = shards;
  }

  /** Arguments: role, kind, path, shards, writer, first, operations, end, point, times. */
  public static void main(String[] args) throws Exception {
    Participant participant =
        new Participant(Kind.valueOf(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
    End end = End.valueOf(args[7]);
    int times = Integer.parseInt(args[9]);
    if (end != End.NONE) {
      CrashHook.trace(participant.tracer(end, args[8], times));
    }
    long first = Long.parseLong(args[5]);
    long last = first + Long.parseLong(args[6]);
    Script script = new Script(participant.kind, Integer.parseInt(args[4]));
    switch (Role.valueOf(args[0])) {
      case WRITER:
        participant.write(script, first, last, () -> false);
        break;
      case PATIENT_WRITER:
        participant.write(script, first, last, () -> true);
        break;
      case WRITER_AMONG_STOPPED:
        participant.write(script, first, last, Participant::isSiblingStopped);
        break;
      case FORCER:
        participant.force(script, first, last);
        break;
      case VISITOR:
        participant.visit(script, first, last);
        break;
      case SNAPSHOTTER:
        participant.takeSnapshots(script, first, last);
        break;
      case CLEARER:
        participant.clear(script, last);
        break;
      case READER:
        participant.read();
        break;
      case FOLLOWER:
        participant.follow();
        break;
      default:
        participant.count(first, last);
    }
    if (end == End.COUNT) {
      participant.counts.forEach((point, count) -> System.out.println(point + " " + count));
    }
    System.exit(0);
  }

  private Target<?, ?> open(boolean readOnly) {
    return Target.open(kind, path, shards, readOnly, Duration.ofSeconds(30));
  }

  private void hang(String what) {
    out.println(HANG + what);
    Runtime.getRuntime().halt(1);
  }

  /** True if another process of the same test is stopped at present. */
  private static boolean isSiblingStopped() {
    ProcessHandle self = ProcessHandle.current();
    return self.parent().stream()
        .flatMap(ProcessHandle::children)
        .filter(sibling -> !sibling.equals(self))
        .anyMatch(Participant::isStopped);
  }

  private static boolean isStopped(ProcessHandle process) {
    try {
      return Peer.isStopped(process.pid());
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private void write(Script script, long first, long last, BooleanSupplier mayWait) {
    try (Target<?, ?> target = open(false);
        Watchdog watchdog = new Watchdog(this::hang, mayWait)) {
      out.println(first);
      for (long n = first; n < last; n++) {
        Op op = script.op(n);
        watchdog.run(() -> op.run(target, Map.of()));
        out.println(n + 1);
        if (n % 100 == 99) {
          // A promotion, if lookups have asked for one.
          watchdog.run(() -> new Op(Op.What.READ, op.key(), 500).run(target, Map.of()));
        }
      }
    }
  }

  private void force(Script script, long first, long last) {
    try (Target<?, ?> target = open(false)) {
      out.println(first);
      for (long n = first; n < last; n++) {
        script.op(n).run(target, Map.of());
        target.store.force();
        out.println(n + 1);
      }
    }
  }

  private void takeSnapshots(Script script, long first, long last) {
    try (Target<?, ?> target = open(false)) {
      out.println(first);
      for (long n = first; n < last; n++) {
        script.op(n).run(target, Map.of());
        try (Target<?, ?> then = target.snapshot()) {
          script.op(n + 1).run(target, Map.of()); // what comes later is not in it
          Map<Long, Long> own = script.ownOf(then.entries());
          // One that was killed may have done the first one's successor already.
          if (!own.equals(script.state(n + 1))
              && !(n == first && own.equals(script.state(n + 2)))) {
            out.println(HANG + "a snapshot after " + (n + 1) + " differs");
          }
        }
        out.println(n + 1);
      }
    }
  }

  private void visit(Script script, long first, long last) {
    for (long n = first; n < last; n += OPS_PER_VISIT) {
      try (Target<?, ?> target = open(false)) {
        for (long i = n; i < n + OPS_PER_VISIT; i++) {
          script.op(i).run(target, Map.of());
          out.println(i + 1);
        }
      }
    }
  }

  private void clear(Script script, long rounds) {
    try (Target<?, ?> target = open(false)) {
      for (long round = 0; round < rounds; round++) {
        for (long n = 0; n < OPS_TO_CLEAR; n++) {
          script.op(n).run(target, Map.of());
        }
        out.println(OPS_TO_CLEAR);
        target.clear();
      }
    }
  }

  private void read() {
    try (Target<?, ?> target = open(true);
        Watchdog watchdog = new Watchdog(this::hang)) {
      for (long n = 1; ; n++) {
        // A key that always is there, and whatever else is.
        watchdog.run(
            () -> {
              if (!Long.valueOf(SyncRandomKillTest.STAYS).equals(target.get(0))) {
                out.println(HANG + "a key that stays is not there");
              }
              target.entries(watchdog::goesOn);
            });
        out.println(n);
      }
    }
  }

  private void follow() throws InterruptedException {
    FollowedCopy copy = FollowedCopy.load(path);
    try (Target<?, ?> target = open(true);
        Target<?, ?>.Followed followed = target.follow(copy.position())) {
      while (true) {
        if (copy.take(followed)) {
          copy.keep();
          out.println(copy.changes());
        }
      }
    }
  }

  private void count(long first, long last) throws InterruptedException {
    try (Target<?, ?> target = open(false)) {
      Thread[] threads = new Thread[2];
      for (int t = 0; t < threads.length; t++) {
        Random random = new Random(first + t);
        threads[t] =
            new Thread(
                () -> {
                  for (long n = first; n < last; n++) {
                    increment(target, FIRST_COUNTER + random.nextInt(COUNTERS), (int) n % 2);
                    synchronized (out) {
                      out.println(1);
                    }
                  }
                });
        threads[t].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void increment(Target<?, ?> target, long key, int way) {
    if (way == 0) {
      target.increment(key);
      return;
    }
    for (boolean done = false; !done; ) {
      Long value = target.get(key);
      done =
          value != null
              ? target.replace(key, value, value + 1)
              : target.putIfAbsent(key, 1) == null;
    }
  }

  private CrashHook.Tracer tracer(End end, String point, int times) {
    return new CrashHook.Tracer() {
      @Override
      public void reached(String name) {
        int count = counts.merge(name, 1, Integer::sum);
        if (end != End.COUNT && name.equals(point) && count == times) {
          stop(end);
        }
      }

      @Override
      public void storing(long position, int length, boolean release) {
        if (end != End.COUNT && point.startsWith("in:") && isIn(point.substring(3))) {
          reached(point);
        }
      }

      @Override
      public void fence() {}
    };
  }

  private static boolean isIn(String method) {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(f -> f.getMethodName().equals(method)));
  }

  private void stop(End end) {
    if (end == End.HALT) {
      Runtime.getRuntime().halt(HALTED);
    }
    out.println("stopping");
    try {
      String self = Long.toString(ProcessHandle.current().pid());
      new ProcessBuilder("kill", "-STOP", self).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
