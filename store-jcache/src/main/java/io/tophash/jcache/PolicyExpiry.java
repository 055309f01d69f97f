package io.tophash.jcache;

import io.tophash.cache.Expiry;
import io.tophash.cache.TophashCache;
import java.time.Duration;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.expiry.ModifiedExpiryPolicy;

/**
 * The expiry policy of JCache as one of Tophash. A policy that throws counts as one that says
 * "never" of a new entry, and leaves the others as they are.
 */
final class PolicyExpiry<K, V> implements Expiry<K, V> {
  private final ExpiryPolicy policy;

  /** True if the last entry that this thread made had expired when it was made. */
  private final ThreadLocal<Boolean> expiredAtOnce = new ThreadLocal<>();

  private PolicyExpiry(ExpiryPolicy policy) {
    this.policy = policy;
  }

  /** The expiry of a policy; null if nothing expires. */
  static <K, V> PolicyExpiry<K, V> of(ExpiryPolicy policy) {
    return policy instanceof EternalExpiryPolicy ? null : new PolicyExpiry<>(policy);
  }

  /** True if reading an entry may move its end. */
  boolean readsCount() {
    return !(policy instanceof CreatedExpiryPolicy || policy instanceof ModifiedExpiryPolicy);
  }

  /** True if what this thread has stored last was of no use when it was stored; asked once. */
  boolean hasExpiredAtOnce() {
    boolean expired = expiredAtOnce.get() != null;
    if (expired) {
      expiredAtOnce.remove();
    }
    return expired;
  }

  @Override
  public Duration expireAfterCreate(K key, V value) {
    javax.cache.expiry.Duration wanted;
    try {
      wanted = policy.getExpiryForCreation();
    } catch (RuntimeException e) {
      wanted = null;
    }
    Duration duration = wanted == null ? TophashCache.FOREVER : duration(wanted);
    if (duration.isZero()) {
      expiredAtOnce.set(true);
    }
    return duration;
  }

  @Override
  public Duration expireAfterUpdate(K key, V value, Duration current) {
    try {
      return orUnchanged(policy.getExpiryForUpdate());
    } catch (RuntimeException e) {
      return null;
    }
  }

  @Override
  public Duration expireAfterRead(K key, V value, Duration current) {
    try {
      return orUnchanged(policy.getExpiryForAccess());
    } catch (RuntimeException e) {
      return null;
    }
  }

  private static Duration orUnchanged(javax.cache.expiry.Duration wanted) {
    return wanted == null ? null : duration(wanted);
  }

  private static Duration duration(javax.cache.expiry.Duration wanted) {
    return wanted.isEternal()
        ? TophashCache.FOREVER
        : Duration.of(wanted.getDurationAmount(), wanted.getTimeUnit().toChronoUnit());
  }
}
