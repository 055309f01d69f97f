package io.tophash.core.crash;

import io.tophash.core.memory.CrashPoint;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the JVM of a crash test runs at each named point and before each store. */
public final class CrashHook implements CrashPoint.Hook {
  /** Receives what happens, on the one thread that uses the stores of the test. */
  public interface Tracer {
    void reached(String point);

    void storing(long position, int length, boolean release);

    void fence();

    default boolean refuses(String point) {
      return false;
    }

    default boolean refusesForce() {
      return false;
    }

    default void forced(long position, long length) {}

    default void zeroed(long position, long length) {}

    default void sideFileMade(Path file, long bytes) {}

    default void sideFileWriting(Path file, long position, byte[] bytes, int from, int length) {}

    default void sideFileForced(Path file) {}
  }

  private static final ThreadLocal<Tracer> TRACER = new ThreadLocal<>();
  private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

  /** Keeps the threads of the background from what they would do at a point, or no longer. */
  public static void hold(String point, boolean held) {
    if (held) {
      HELD.add(point);
    } else {
      HELD.remove(point);
    }
  }

  /**
   * Sets the receiver for this thread, or none.
   *
   * @throws IllegalStateException if this JVM tells nothing: the test class needs the tag "hook"
   */
  public static void trace(Tracer tracer) {
    if (tracer != null && System.getProperty("tophash.crashHook") == null) {
      throw new IllegalStateException(
          "run it with the tag \"hook\", or in a JVM with the property");
    }
    TRACER.set(tracer);
  }

  @Override
  public void reached(String point) {
    Tracer tracer = TRACER.get();
    if (tracer != null) {
      tracer.reached(point);
    }
  }

  @Override
  public boolean refuses(String point) {
    Tracer tracer = TRACER.get();
    return HELD.contains(point) || tracer != null && tracer.refuses(point);
  }

  @Override
  public boolean refusesForce() {
    Tracer tracer = TRACER.get();
    return tracer != null && tracer.refusesForce();
  }

  @Override
  public void forced(long position, long length) {
    Tracer tracer = TRACER.get();
    if (tracer != null) {
      tracer.forced(position, length);
    }
  }

  @Override
  public void sideFileMade(Path file, long bytes) {
    Tracer tracer = TRACER.get();
    if (tracer != null) {
      tracer.sideFileMade(file, bytes);
    }
  }

  @Override
  public void sideFileWriting(Path file, long position, byte[] bytes, int from, int length) {
    Tracer tracer = TRACER.get();
    if (tracer != null) {
      tracer.sideFileWriting(file, position, bytes, from, length);
    }
  }

  @Override
  public void sideFileForced(Path file) {
    Tracer tracer = TRACER.get();
    if (tracer != null) {
      tracer.sideFileForced(file);
    }
  }

  @Override
  public void zeroed(long position, long length) {
    Tracer tracer = TRACER.get();
    if (tracer != null) {
      tracer.zeroed(position, length);
    }
  }

  @Override
  public void storing(long position, int length, boolean release) {
    Tracer tracer = TRACER.get();
    if (tracer != null && length > 0) {
      tracer.storing(position, length, release);
    }
  }

  @Override
  public void fence() {
    Tracer tracer = TRACER.get();
    if (tracer != null) {
      tracer.fence();
    }
  }
}
