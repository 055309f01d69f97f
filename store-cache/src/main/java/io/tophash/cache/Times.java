package io.tophash.cache;

import java.time.Duration;

/** Durations and points of time in milliseconds, without overflow. Stateless. */
final class Times {
  /** The point of time that never comes; as a time it would be in the year 2109. */
  static final long NEVER = (1L << 42) - 1;

  private static final int NANOS_PER_MS = 1_000_000;

  private Times() {}

  /**
   * Refuses what is no duration to wait for.
   *
   * @return the duration
   */
  static Duration checkPositive(String what, Duration duration) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException(what + " must be positive, " + what + "=" + duration);
    }
    return duration;
  }

  /** Whole milliseconds, rounded up, so that a positive duration is never 0; at most NEVER. */
  static long ms(Duration duration) {
    if (duration.getSeconds() >= NEVER / 1000) {
      return NEVER;
    }
    if (duration.isNegative() || duration.isZero()) {
      return 0;
    }
    return duration.getSeconds() * 1000 + (duration.getNano() + NANOS_PER_MS - 1) / NANOS_PER_MS;
  }

  /** A point of time so many milliseconds after another one; NEVER where that is far enough. */
  static long after(long time, long ms) {
    return ms >= NEVER - Math.max(0, time) ? NEVER : Math.max(0, time) + ms;
  }

  /** The time from one point to another; {@link TophashCache#FOREVER} if the other never comes. */
  static Duration between(long from, long to) {
    return to == NEVER ? TophashCache.FOREVER : Duration.ofMillis(Math.max(0, to - from));
  }
}
