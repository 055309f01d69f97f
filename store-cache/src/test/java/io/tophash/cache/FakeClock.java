package io.tophash.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes only when it is told to. */
final class FakeClock implements InstantSource {
  private final AtomicLong ms = new AtomicLong(1_800_000_000_000L);

  void advance(Duration duration) {
    ms.addAndGet(duration.toMillis());
  }

  @Override
  public long millis() {
    return ms.get();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(ms.get());
  }
}
