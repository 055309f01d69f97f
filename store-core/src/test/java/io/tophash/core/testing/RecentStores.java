package io.tophash.core.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The stores that a suite has opened last. Guava's suites make thousands of maps in one test and
 * close none; the kernel's list of locks, which each open reads, would grow with all of them.
 */
public final class RecentStores {
  /** More than any one of their tests looks at together. */
  private static final int KEPT = 64;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Keeps a store open until many others were opened after it. */
  public void add(AutoCloseable store) {
    opened.add(store);
    if (opened.size() > KEPT) {
      close(opened.remove());
    }
  }

  /** Closes those that are open still. */
  public void closeAll() {
    while (!opened.isEmpty()) {
      close(opened.remove());
    }
  }

  private static void close(AutoCloseable store) {
    try {
      store.close();
    } catch (Exception e) {
      throw new IllegalStateException("a store cannot be closed", e);
    }
  }
}
