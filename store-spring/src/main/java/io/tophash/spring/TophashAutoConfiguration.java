package io.tophash.spring;

import io.tophash.micrometer.TophashCacheMetrics;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.cache.metrics.CacheMeterBinderProvider;
import org.springframework.boot.cache.metrics.CacheMetricsRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Makes the cache manager of an application that has enabled caching, has no manager of its own,
 * and names no other kind with {@code spring.cache.type}.
 */
@AutoConfiguration(
    beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration",
    afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnBean(CacheAspectSupport.class)
@ConditionalOnMissingBean(
    value = org.springframework.cache.CacheManager.class,
    name = "cacheResolver")
@Conditional(OnNoOtherCacheType.class)
@EnableConfigurationProperties(TophashProperties.class)
public class TophashAutoConfiguration {
  /** Classes of the JDK that are values and no more. */
  private static final String VALUES =
      "java.lang.*;java.util.*;java.time.*;java.math.*;java.net.URI;"
          + "org.springframework.cache.interceptor.SimpleKey;";

  private static final String LIMITS = "maxdepth=64;";

  /** Called by Spring. */
  public TophashAutoConfiguration() {}

  /** The manager, with the caches that have properties. */
  @Bean(destroyMethod = "close")
  public TophashCacheManager cacheManager(
      TophashProperties properties,
      BeanFactory beans,
      ObjectProvider<TophashCacheCustomizer> customizers) {
    String pattern = properties.getSerialFilter();
    TophashCacheManager manager =
        properties.getDirectory() == null
            ? TophashCacheManager.temporary()
            : TophashCacheManager.in(
                properties.getDirectory(), pattern != null ? pattern : defaultFilter(beans));
    manager.defaults(properties.getDefaults());
    List<TophashCacheCustomizer> ordered = customizers.orderedStream().toList();
    manager.customizer((name, builder) -> ordered.forEach(each -> each.customize(name, builder)));
    properties.getCache().forEach(manager::configure);
    properties.getCache().keySet().forEach(manager::getCache);
    return manager;
  }

  private static String defaultFilter(BeanFactory beans) {
    List<String> own =
        AutoConfigurationPackages.has(beans) ? AutoConfigurationPackages.get(beans) : List.of();
    StringBuilder pattern = new StringBuilder(LIMITS + VALUES);
    own.stream().filter(name -> !name.isEmpty()).forEach(name -> pattern.append(name + ".**;"));
    return pattern.append("!*").toString();
  }

  /** Meters, where Micrometer and ours are there. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({TophashCacheMetrics.class, CacheMeterBinderProvider.class})
  static class Metrics {
    /** How Boot makes the meters of our caches. */
    @Bean
    CacheMeterBinderProvider<TophashSpringCache> tophashCacheMeterBinderProvider() {
      return (cache, tags) ->
          new TophashCacheMetrics(cache.getNativeCache(), cache.getName(), tags);
    }

    /** Boot binds the caches that there are when it starts; this does the later ones. */
    @Bean
    SmartInitializingSingleton tophashMetersOfLaterCaches(
        TophashCacheManager manager, ObjectProvider<CacheMetricsRegistrar> registrar) {
      return () ->
          registrar.ifAvailable(
              available ->
                  manager.onOpen(
                      cache ->
                          available.bindCacheToRegistry(
                              cache,
                              io.micrometer.core.instrument.Tag.of(
                                  "cache.manager", "cacheManager"))));
    }
  }

  /** The health indicator, where Boot's health module is there. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  static class Healths {
    /** Shown as {@code tophash}. */
    @Bean
    @ConditionalOnEnabledHealthIndicator("tophash")
    @ConditionalOnMissingBean(name = "tophashHealthIndicator")
    HealthIndicator tophashHealthIndicator(
        TophashCacheManager manager, TophashProperties properties) {
      return new TophashHealthIndicator(
          manager,
          properties.getHealth().getVerifyEvery(),
          InstantSource.system(),
          ForkJoinPool.commonPool());
    }
  }
}
