/**
 * Meters of caches and stores for Micrometer, with or without Spring.
 *
 * <p>It uses the API of {@code io.tophash.cache} and {@code io.tophash.sync}; nothing here may be
 * used by these.
 */
package io.tophash.micrometer;
