package io.tophash.spring;

import io.tophash.cache.TophashCacheBuilder;
import io.tophash.sync.Durability;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** What is set for a cache; null where nothing is. A bean of properties. */
public final class CacheSettings {
  private Duration ttl;
  private Duration timeToIdle;
  private DataSize maxBytes;
  private Long maxEntries;
  private Integer heapEntries;
  private DurabilityLevel durability;
  private Duration maxLoss;

  /** How durable the changes of a cache are; see {@link Durability}. */
  public enum DurabilityLevel {
    /** See {@link Durability#PROCESS}. */
    PROCESS,
    /** See {@link Durability#POWER_LOSS}. */
    POWER_LOSS
  }

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

  /** How many values are kept on the heap in front of the file; null for none. */
  public Integer getHeapEntries() {
    return heapEntries;
  }

  /** See {@link #getHeapEntries}. */
  public void setHeapEntries(Integer heapEntries) {
    this.heapEntries = heapEntries;
  }

  /** The least durability that is wanted; null for what the file says. */
  public DurabilityLevel getDurability() {
    return durability;
  }

  /** See {@link #getDurability}. */
  public void setDurability(DurabilityLevel durability) {
    this.durability = durability;
  }

  /** The most that a power cut takes, with a durability of POWER_LOSS; null for one second. */
  public Duration getMaxLoss() {
    return maxLoss;
  }

  /** See {@link #getMaxLoss}. */
  public void setMaxLoss(Duration maxLoss) {
    this.maxLoss = maxLoss;
  }

  private Durability wantedDurability() {
    Durability level =
        durability == DurabilityLevel.POWER_LOSS ? Durability.POWER_LOSS : Durability.PROCESS;
    return maxLoss == null ? level : level.maxLoss(maxLoss);
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
    if (heapEntries != null) {
      builder.heapEntries(heapEntries);
    }
    if (durability != null || maxLoss != null) {
      builder.durability(wantedDurability());
    }
  }
}
