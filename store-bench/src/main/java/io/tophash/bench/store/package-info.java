/**
 * One adapter for each store that is measured. May use {@code io.tophash.bench.data} only.
 *
 * <p>A process opens one kind of store, so that the calls of the adapter are compiled as direct
 * ones.
 */
package io.tophash.bench.store;
