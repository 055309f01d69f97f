/**
 * Hit ratios of the cache at its bound, beside those of other caches on the same requests. Uses no
 * other package of this module.
 */
package io.tophash.bench.hits;
