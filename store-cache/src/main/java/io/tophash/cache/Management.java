package io.tophash.cache;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * A cache's bean in the platform's MBean server, which does not keep the cache from the collector:
 * of a cache that is gone or closed, all attributes are errors. Thread-safe.
 */
final class Management implements TophashCacheMXBean {
  private final WeakReference<TophashCache<?, ?>> cache;

  private Management(TophashCache<?, ?> cache) {
    this.cache = new WeakReference<>(cache);
  }

  /**
   * Registers a cache.
   *
   * @return what takes it out again
   * @throws IllegalStateException if there is one of this name
   */
  static Runnable register(TophashCache<?, ?> cache, String name) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName full = new ObjectName("io.tophash:type=Cache,name=" + ObjectName.quote(name));
      server.registerMBean(new Management(cache), full);
      return () -> unregister(server, full);
    } catch (InstanceAlreadyExistsException e) {
      throw new IllegalStateException(
          "JMX has a cache of this name already; choose another, or close that one, name=" + name,
          e);
    } catch (JMException e) {
      throw new IllegalStateException("JMX refuses the cache, name=" + name, e);
    }
  }

  private static void unregister(MBeanServer server, ObjectName name) {
    try {
      server.unregisterMBean(name);
    } catch (JMException e) {
      // Somebody else has taken it out.
    }
  }

  private TophashCache<?, ?> cache() {
    TophashCache<?, ?> present = cache.get();
    if (present == null) {
      throw new IllegalStateException("the cache is gone");
    }
    return present;
  }

  @Override
  public String getFile() {
    return cache().path().toString();
  }

  @Override
  public long getEntries() {
    return cache().estimatedSize();
  }

  @Override
  public long getMaxEntries() {
    return cache().policy().maxEntries();
  }

  @Override
  public long getUsedBytes() {
    return cache().policy().usedBytes();
  }

  @Override
  public long getMaxBytes() {
    return cache().policy().maxBytes();
  }

  @Override
  public long getFileBytes() {
    return cache().storeStats().fileBytes();
  }

  @Override
  public int getProcesses() {
    return cache().storeStats().attached().size();
  }

  @Override
  public long getHits() {
    return cache().stats().hitCount();
  }

  @Override
  public long getMisses() {
    return cache().stats().missCount();
  }

  @Override
  public double getHitRatio() {
    return cache().stats().hitRate();
  }

  @Override
  public long getLoads() {
    return cache().stats().loadSuccessCount();
  }

  @Override
  public long getLoadFailures() {
    return cache().stats().loadFailureCount();
  }

  @Override
  public double getAverageLoadMillis() {
    return cache().stats().averageLoadNanos() / 1e6;
  }

  @Override
  public double getHitRatioOfAll() {
    return cache().statsOfAll().hitRate();
  }

  @Override
  public long getLoadsOfAll() {
    return cache().statsOfAll().loadSuccessCount();
  }

  @Override
  public long getEvictions() {
    return cache().stats().evictionCount();
  }

  @Override
  public long getExpirations() {
    return cache().stats().expiredCount();
  }

  @Override
  public long getRejections() {
    return cache().stats().rejectedCount();
  }

  @Override
  public long getLockWaits() {
    return cache().storeStats().lockWaits();
  }

  @Override
  public long getTakeOvers() {
    return cache().storeStats().takeovers();
  }

  @Override
  public void cleanUp() {
    cache().cleanUp();
  }

  @Override
  public void invalidateAll() {
    cache().invalidateAll();
  }

  @Override
  public void invalidateTag(String tag) {
    cache().invalidateTag(tag);
  }
}
