package io.tophash.core.memory;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Named places between two stores of an operation, where a test stops the process as {@code kill
 * -9} would; and, for the same tests, each single store. In production the hook is null and all of
 * this disappears.
 */
public final class CrashPoint {
  /** What a test does when a point is reached. */
  @FunctionalInterface
  public interface Hook {
    /** The process is at this point. */
    void reached(String point);

    /** True if what comes next shall not be: the file not made longer, a thread not go on. */
    default boolean refuses(String point) {
      return false;
    }

    /**
     * The next thing is a store to mapped memory.
     *
     * @param position where
     * @param length how many bytes; over eight, they are no single store
     * @param release true if no earlier store comes after it
     */
    default void storing(long position, int length, boolean release) {}

    /** No later store comes before an earlier one. */
    default void fence() {}

    /** True if the device shall refuse to have something written back to it here. */
    default boolean refusesForce() {
      return false;
    }

    /**
     * A part of the mapped file was written back to the device.
     *
     * @param position where
     * @param length how many bytes
     */
    default void forced(long position, long length) {}

    /** A file beside the store is made, of zeros; it is on the device. */
    default void sideFileMade(Path file, long bytes) {}

    /** The next thing is a write to a file beside the store, up to {@link #sideFileForced}. */
    default void sideFileWriting(Path file, long position, byte[] bytes, int from, int length) {}

    /** All that was written to that file is on the device. */
    default void sideFileForced(Path file) {}

    /** The bytes of a file are written by the system, not by a store: the space is zeros now. */
    default void zeroed(long position, long length) {}
  }

  private static final Hook HOOK = load();

  /** False in production; a constant to the JIT compiler. */
  static final boolean IS_HOOKED = HOOK != null;

  private CrashPoint() {}

  private static Hook load() {
    String name = System.getProperty("tophash.crashHook");
    if (name == null) {
      return null;
    }
    try {
      return (Hook) Class.forName(name).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load the crash hook, class=" + name, e);
    }
  }

  /** Called by the code under test. */
  public static void reached(String point) {
    if (HOOK != null) {
      HOOK.reached(point);
    }
  }

  /** True if a test keeps a thread of the background from what it would do at a point. */
  public static boolean isHeld(String point) {
    return HOOK != null && HOOK.refuses(point);
  }

  /** Called before the file is made longer. */
  static void extending(String point) throws IOException {
    if (HOOK != null && HOOK.refuses(point)) {
      throw new IOException("No space left on device (by a test)");
    }
  }

  /** Called before something is written back to the device. */
  static void forcing() throws IOException {
    if (HOOK != null) {
      HOOK.reached("file.forcing");
      if (HOOK.refusesForce()) {
        throw new IOException("Input/output error (by a test)");
      }
    }
  }

  /** Called when that has been done. */
  static void forced(long position, long length) {
    if (HOOK != null) {
      HOOK.forced(position, length);
    }
  }

  static void sideFileMade(Path file, long bytes) {
    if (HOOK != null) {
      HOOK.sideFileMade(file, bytes);
    }
  }

  static void sideFileWriting(Path file, long position, byte[] bytes, int from, int length) {
    if (HOOK != null) {
      HOOK.sideFileWriting(file, position, bytes, from, length);
    }
  }

  static void sideFileForced(Path file) {
    if (HOOK != null) {
      HOOK.sideFileForced(file);
    }
  }

  static void zeroed(long position, long length) {
    if (HOOK != null) {
      HOOK.zeroed(position, length);
    }
  }

  static void storing(long position, int length, boolean release) {
    HOOK.storing(position, length, release);
  }

  static void fence() {
    HOOK.fence();
  }
}
