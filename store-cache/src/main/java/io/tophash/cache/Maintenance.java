package io.tophash.cache;

import java.lang.ref.WeakReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread of an open cache: once a second it removes what has expired, unless another
 * process did so just now, and adds the counters of this process to those of all. It holds the
 * cache weakly, and ends when that is closed or forgotten.
 */
final class Maintenance implements Runnable {
  private static final long PERIOD_MS = 1_000;

  private final WeakReference<Upkeep> upkeep;

  /** What is to be done. */
  interface Upkeep {
    /** Does it; false if there will be nothing to do any more. */
    boolean run(long periodMs);
  }

  private Maintenance(Upkeep upkeep) {
    this.upkeep = new WeakReference<>(upkeep);
  }

  static void start(Upkeep upkeep) {
    Thread thread = new Thread(new Maintenance(upkeep), "tophash-cache");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    boolean goesOn = true;
    while (goesOn) {
      LockSupport.parkNanos(PERIOD_MS * 1_000_000);
      Upkeep present = upkeep.get();
      goesOn = present != null && present.run(PERIOD_MS);
    }
  }
}
