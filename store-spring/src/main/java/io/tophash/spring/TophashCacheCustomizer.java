package io.tophash.spring;

import io.tophash.cache.TophashCacheBuilder;

/**
 * Sets for a cache what there are no properties for: tags, a removal listener, an expiry of each
 * entry. With Boot, a bean of this type is used for all caches; several are, in their order.
 *
 * <pre>{@code
 * @Bean
 * TophashCacheCustomizer tags() {
 *   return (name, builder) -> builder.tags(key -> "customer " + ((OrderKey) key).customer());
 * }
 * }</pre>
 */
@FunctionalInterface
public interface TophashCacheCustomizer {
  /**
   * Called before a cache is opened.
   *
   * @param name the cache
   * @param builder has all other settings already
   */
  void customize(String name, TophashCacheBuilder<Object, Object> builder);
}
