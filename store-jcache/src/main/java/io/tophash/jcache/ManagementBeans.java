package io.tophash.jcache;

import java.lang.management.ManagementFactory;
import javax.cache.CacheException;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.management.CacheMXBean;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Registers the MXBeans of caches with the platform's server. Stateless. */
final class ManagementBeans {
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private ManagementBeans() {}

  static void setConfiguration(JCache<?, ?> cache, boolean enabled) {
    set(cache, "CacheConfiguration", new ConfigurationBean(cache), enabled);
  }

  static void setStatistics(JCache<?, ?> cache, Statistics statistics, boolean enabled) {
    set(cache, "CacheStatistics", statistics, enabled);
  }

  private static void set(JCache<?, ?> cache, String type, Object bean, boolean enabled) {
    try {
      ObjectName name =
          new ObjectName(
              "javax.cache:type="
                  + type
                  + ",CacheManager="
                  + safe(cache.getCacheManager().getURI().toString())
                  + ",Cache="
                  + safe(cache.getName()));
      if (SERVER.isRegistered(name)) {
        SERVER.unregisterMBean(name);
      }
      if (enabled) {
        SERVER.registerMBean(bean, name);
      }
    } catch (JMException e) {
      throw new CacheException("cannot register an MXBean: cache=" + cache.getName(), e);
    }
  }

  /** As JCache's reference implementation and its tests write names. */
  private static String safe(String name) {
    return name.replaceAll(",|:|=|\n", ".");
  }

  /** What the configuration says, read each time. */
  private static final class ConfigurationBean implements CacheMXBean {
    private final JCache<?, ?> cache;

    ConfigurationBean(JCache<?, ?> cache) {
      this.cache = cache;
    }

    private CompleteConfiguration<?, ?> configuration() {
      return cache.configuration();
    }

    @Override
    public String getKeyType() {
      return configuration().getKeyType().getName();
    }

    @Override
    public String getValueType() {
      return configuration().getValueType().getName();
    }

    @Override
    public boolean isReadThrough() {
      return configuration().isReadThrough();
    }

    @Override
    public boolean isWriteThrough() {
      return configuration().isWriteThrough();
    }

    @Override
    public boolean isStoreByValue() {
      return configuration().isStoreByValue();
    }

    @Override
    public boolean isStatisticsEnabled() {
      return configuration().isStatisticsEnabled();
    }

    @Override
    public boolean isManagementEnabled() {
      return configuration().isManagementEnabled();
    }
  }
}
