/**
 * Tophash behind the interfaces of JCache: a provider, its managers and caches, over {@code
 * io.tophash.cache}. A program sees {@link io.tophash.jcache.TophashConfiguration} at most; the
 * rest is found by {@link javax.cache.Caching}.
 *
 * <p>It uses the API of {@code io.tophash.cache} and {@code io.tophash.core}; nothing here may be
 * used by these.
 */
package io.tophash.jcache;
