package io.tophash.spring;

import io.tophash.cache.TophashCacheBuilder;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** What is set for a cache; null where nothing is. A bean of properties. */
public final class CacheSettings {
  private Duration ttl;
  private Duration timeToIdle;
  private DataSize maxBytes;
  private Long maxEntries;

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

  /** Bound of the file of a new cache, at least 2 MB; null for none. */
  public DataSize getMaxBytes() {
    return maxBytes;
  }

  /** See {@link #getMaxBytes}. */
  public void setMaxBytes(DataSize maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Bound of the number of entries of a new cache; null for none. */
  public Long getMaxEntries() {
    return maxEntries;
  }

  /** See {@link #getMaxEntries}. */
  public void setMaxEntries(Long maxEntries) {
    this.maxEntries = maxEntries;
  }

  void applyTo(TophashCacheBuilder<?, ?> builder) {
    if (ttl != null) {
      builder.expireAfterWrite(ttl);
    }
    if (timeToIdle != null) {
      builder.expireAfterAccess(timeToIdle);
    }
    if (maxBytes != null) {
      builder.maxBytes(maxBytes.toBytes());
    }
    if (maxEntries != null) {
      builder.maxEntries(maxEntries);
    }
  }
}
