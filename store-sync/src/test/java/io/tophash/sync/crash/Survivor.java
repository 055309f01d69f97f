package io.tophash.sync.crash;

import io.tophash.core.VerifyReport;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.crash.StoreLog;
import io.tophash.core.memory.Sidecar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Another process that attaches to what a killed one left, and says what is wrong with it. Is
 * itself killed at one of its stores, and so is its heir.
 */
final class Survivor {
  private static final int ROUNDS = 3;

  private final Scene scene;
  private final Path copy;
  private final StoreLog.Order order;
  private final Consumer<ByteBuffer> damage;
  private final Random random = new Random(7);
  long cases;
  int mostStores;
  private int lastStores = 10;

  /**
   * @param damage what a broken variant does to the image
   */
  Survivor(Scene scene, Path copy, StoreLog.Order order, Consumer<ByteBuffer> damage) {
    this.scene = scene;
    this.copy = copy;
    this.order = order;
    this.damage = damage;
  }

  /** Something that a store must not show. */
  private static final class WrongState extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongState(String problem) {
      super(problem);
    }
  }

  /** Counts the stores of an attaching process, and takes an image at one of them. */
  private final class Tracer implements CrashHook.Tracer {
    private final StoreLog log = new StoreLog(copy, order);
    private final int stopAt;
    private int stores;
    private byte[] image;

    Tracer(int stopAt) {
      this.stopAt = stopAt;
    }

    @Override
    public void reached(String point) {
      KillSimulation.note(point);
      if (KillSimulation.followsSystemCall(point)) {
        log.settle();
      }
    }

    @Override
    public void storing(long position, int length, boolean release) {
      if (++stores == stopAt) {
        image = random.nextBoolean() ? log.image() : log.image(random);
      }
      if (stores <= stopAt) {
        log.storing(position, length, release);
      }
    }

    @Override
    public void fence() {
      if (stores < stopAt) {
        log.fence();
      }
    }
  }

  /**
   * Checks one image of the file, and those that killed repairs of it leave.
   *
   * @param unfinished true if the file was not given its name yet
   * @param anySubset true if some keys may be as after and others as before
   * @return null, or what is wrong
   */
  String check(byte[] image, boolean unfinished, List<Map<Long, Long>> legal, boolean anySubset) {
    Map<Long, Long> found = null;
    byte[] next = image;
    for (int round = 0; round < ROUNDS && next != null; round++) {
      cases++;
      boolean isLast = round == ROUNDS - 1;
      try {
        write(next, unfinished && round == 0);
        Tracer tracer = new Tracer(isLast ? 0 : 1 + random.nextInt(lastStores));
        Map<Long, Long> state = attach(tracer, round == 0);
        if (found != null && !found.equals(state)) {
          return "a repair that was killed and one that was not differ";
        }
        found = state;
        next = unfinished && round == 0 ? null : tracer.image;
      } catch (RuntimeException | Error e) {
        return (round > 0 ? "after a killed repair: " : "") + e + at(e);
      }
      String problem = difference(found, legal, anySubset);
      if (problem != null) {
        return (round > 0 ? "after a killed repair: " : "") + problem;
      }
    }
    return null;
  }

  private static String at(Throwable e) {
    StringBuilder text = new StringBuilder();
    StackTraceElement[] frames = e.getStackTrace();
    for (int i = 0; i < Math.min(8, frames.length); i++) {
      text.append("\n      ").append(frames[i]);
    }
    return text.toString();
  }

  private static String difference(
      Map<Long, Long> found, List<Map<Long, Long>> legal, boolean anySubset) {
    if (legal.contains(found)) {
      return null;
    }
    Map<Long, Long> all = new HashMap<>(found);
    legal.forEach(all::putAll);
    all.keySet()
        .removeIf(
            k -> {
              Long value = found.get(k);
              return legal.stream().anyMatch(state -> Objects.equals(state.get(k), value));
            });
    return all.isEmpty() && anySubset
        ? null
        : "no legal state, entries=" + found.size() + " keys that differ=" + all.keySet();
  }

  private void write(byte[] image, boolean unfinished) {
    damage.accept(ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN));
    try {
      Files.deleteIfExists(copy);
      Files.write(unfinished ? copy.resolveSibling(copy.getFileName() + ".new") : copy, image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<Long, Long> attach(Tracer tracer, boolean goOn) {
    CrashHook.trace(tracer);
    try (Target<?, ?> target = open()) {
      CrashHook.trace(null);
      lastStores = Math.max(4, tracer.stores);
      mostStores = Math.max(mostStores, tracer.stores);
      Map<Long, Long> entries = target.entries();
      if (target.sizeLong() != entries.size()) {
        throw new WrongState("size=" + target.sizeLong() + " entries=" + entries.size());
      }
      verify(target, entries.size());
      entries.forEach((k, v) -> expect(v, target.get(k), "get " + k));
      if (goOn) {
        goOn(target, new HashMap<>(entries));
      }
      return entries;
    } finally {
      CrashHook.trace(null);
      tracer.log.close();
    }
  }

  private Target<?, ?> open() {
    // No lock is anybody's but the dead one's: only a broken variant waits so long.
    return Target.open(scene.kind(), copy, scene.shards(), false, Duration.ofMillis(500));
  }

  private static void expect(Object wanted, Object found, String what) {
    if (!Objects.equals(wanted, found)) {
      throw new WrongState(what + ": expected=" + wanted + " found=" + found);
    }
  }

  private static void verify(Target<?, ?> target, long size) {
    VerifyReport report = target.verify();
    if (!report.isClean()) {
      throw new WrongState("findings=" + report.findings());
    }
    expect(size, report.entries(), "entries of the verifier");
  }

  /** The store can be used: each key is changed, some come and some go. */
  private void goOn(Target<?, ?> target, Map<Long, Long> model) {
    long[] some = model.keySet().stream().limit(20).mapToLong(k -> k).toArray();
    for (int i = 0; i < some.length; i++) {
      long key = some[i];
      if (i % 3 == 0) {
        expect(model.remove(key), target.get(key), "get " + key);
        target.delete(key);
      } else {
        expect(model.put(key, Target.sized(60, i)), target.put(key, Target.sized(60, i)), "put");
      }
    }
    for (int i = 0; i < 10; i++) {
      long value = Target.sized(i == 4 ? 6_000 : 30, i);
      expect(model.put(7_000_000L + i, value), target.put(7_000_000L + i, value), "new key");
    }
    verify(target, model.size());
    expect(model, target.entries(), "entries after going on");
    expect((long) model.size(), target.sizeLong(), "size after going on");
  }

  /** Takes slot 0 of a store, so that its process gets another one. */
  static Sidecar occupySlot(Path store) {
    Sidecar sidecar = Sidecar.open(store, false);
    sidecar.tryLockSlot(0);
    return sidecar;
  }
}
