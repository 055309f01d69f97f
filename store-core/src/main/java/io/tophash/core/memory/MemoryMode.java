package io.tophash.core.memory;

import java.nio.ByteOrder;
import java.util.Locale;
import org.agrona.UnsafeApi;

/**
 * How this JVM reads and writes mapped memory. Chosen once, when the class is loaded, so that the
 * JIT compiler sees a constant and no call is dispatched at run time.
 *
 * <ul>
 *   <li>{@link #DEFAULT}: {@code MappedByteBuffer} through view {@code VarHandle}s. Needs no flag.
 *   <li>{@link #FAST}: plain addresses through Agrona's {@code UnsafeApi}. Chosen when the JVM was
 *       started with {@code --add-opens java.base/jdk.internal.misc=ALL-UNNAMED} on a little-endian
 *       machine.
 * </ul>
 *
 * <p>The system property {@code tophash.memory} overrides the choice: {@code auto} (the default),
 * {@code default} or {@code fast}. To ask for {@code fast} where it cannot be had is an error that
 * {@link #current()} reports, never a silent fall-back.
 */
public enum MemoryMode {
  /** Bounds-checked buffers; works everywhere. */
  DEFAULT,
  /** Plain addresses; needs the package to be opened. */
  FAST;

  /** Name of the system property that overrides the choice. */
  public static final String PROPERTY = "tophash.memory";

  private static final String REQUESTED =
      System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT);

  /** True if the fast mode is on; a constant to the JIT compiler. */
  public static final boolean IS_FAST = !"default".equals(REQUESTED) && fastIsPossible();

  private static boolean fastIsPossible() {
    try {
      return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
          && Object.class.getModule().isOpen("jdk.internal.misc", UnsafeApi.class.getModule());
    } catch (NoClassDefFoundError e) {
      return false; // the fast mode is all that needs Agrona, beside its own codecs and buffers
    }
  }

  /**
   * The mode in use.
   *
   * @return the mode
   * @throws IllegalStateException if the property asks for a mode that does not exist or that
   *     cannot be had in this JVM
   */
  public static MemoryMode current() {
    switch (REQUESTED) {
      case "auto":
      case "default":
        break;
      case "fast":
        if (!IS_FAST) {
          throw new IllegalStateException(
              "the fast memory mode is not available: start the JVM with Agrona and --add-opens"
                  + " java.base/jdk.internal.misc=ALL-UNNAMED on a little-endian machine, or drop -D"
                  + PROPERTY
                  + "=fast");
        }
        break;
      default:
        throw new IllegalStateException(
            "unknown memory mode: -D" + PROPERTY + "=" + REQUESTED + "; use auto, default or fast");
    }
    return IS_FAST ? FAST : DEFAULT;
  }
}
