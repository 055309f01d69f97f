package io.tophash.core.memory;

/**
 * Loads that fetch a cache line for an access to come. Java has no prefetch instruction; a plain
 * load starts the same fetch and holds nothing up, but the JIT compiler drops it unless its value
 * is used.
 */
public final class Touch {
  // No value is this one but by chance, and then nothing happens but a store.
  private static final long RARE = 0x9e6c_63d0_876a_46adL;

  @SuppressWarnings("unused")
  private static long sink;

  private Touch() {}

  /** Uses what a load has fetched. */
  public static void use(long value) {
    if (value == RARE) {
      sink = value;
    }
  }
}
