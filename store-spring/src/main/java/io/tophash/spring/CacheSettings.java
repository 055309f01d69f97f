package io.tophash.spring;

import io.tophash.cache.TophashCacheBuilder;
import java.time.Duration;

/** What is set for a cache; null where nothing is. A bean of properties. */
public final class CacheSettings {
  private Duration ttl;
  private Duration timeToIdle;

  /** Settings in which nothing is set. */
  public CacheSettings() {}

  /** How long an entry lives after it was stored; null for ever. */
  public Duration getTtl() {
    return ttl;
  }

  /** See {@link #getTtl}. */
  public void setTtl(Duration ttl) {
    this.ttl = ttl;
  }

  /** How long an entry lives after it was last read or stored; null for ever. */
  public Duration getTimeToIdle() {
    return timeToIdle;
  }

  /** See {@link #getTimeToIdle}. */
  public void setTimeToIdle(Duration timeToIdle) {
    this.timeToIdle = timeToIdle;
  }

  void applyTo(TophashCacheBuilder<?, ?> builder) {
    if (ttl != null) {
      builder.expireAfterWrite(ttl);
    }
    if (timeToIdle != null) {
      builder.expireAfterAccess(timeToIdle);
    }
  }
}
