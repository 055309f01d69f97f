package io.tophash.sync.extent;

import io.tophash.core.crash.CrashHook;
import java.util.function.IntConsumer;

/** Counts the stores of this thread to mapped memory, and does something before each. */
final class StoreTracer implements CrashHook.Tracer {
  /** The process is dead. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  private final IntConsumer beforeStore;
  private boolean isInside;
  int stores;

  /**
   * @param beforeStore is told how many stores were made so far; its own are not counted
   */
  StoreTracer(IntConsumer beforeStore) {
    this.beforeStore = beforeStore;
  }

  /** Before the given store, all ends: no later one is made either, by whatever clean-up. */
  static StoreTracer killBefore(int store) {
    return new StoreTracer(made -> killAt(made, store));
  }

  /** Ends the process if it has made so many stores. */
  static void killAt(int made, int store) {
    if (made >= store) {
      throw new Killed();
    }
  }

  /** Runs something traced; false if it was killed. */
  boolean run(TestSpace space, Runnable work) {
    CrashHook.trace(this);
    space.duringReady = this::store;
    try {
      work.run();
      return true;
    } catch (Killed e) {
      return false;
    } finally {
      CrashHook.trace(null);
      space.duringReady = () -> {};
    }
  }

  private void store() {
    if (isInside) {
      return; // the growth of the file by what beforeStore does
    }
    isInside = true;
    CrashHook.trace(null);
    try {
      beforeStore.accept(stores++);
    } finally {
      CrashHook.trace(this);
      isInside = false;
    }
  }

  @Override
  public void storing(long position, int length, boolean release) {
    store();
  }

  @Override
  public void reached(String point) {}

  @Override
  public void fence() {}
}
