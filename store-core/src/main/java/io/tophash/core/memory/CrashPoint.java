package io.tophash.core.memory;

/**
 * Named places between two stores of an operation, where a test stops the process as {@code kill
 * -9} would. In production the hook is null and the call disappears.
 */
public final class CrashPoint {
  /** What a test does when a point is reached. */
  @FunctionalInterface
  public interface Hook {
    void reached(String point);
  }

  private static final Hook HOOK = load();

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
}
