/**
 * Tophash as Spring's cache: {@link io.tophash.spring.TophashCacheManager}, and what Spring Boot
 * needs to make one from properties.
 *
 * <p>It uses the API of {@code io.tophash.cache} and, where it is there, of {@code
 * io.tophash.micrometer}; nothing here may be used by these.
 */
package io.tophash.spring;
