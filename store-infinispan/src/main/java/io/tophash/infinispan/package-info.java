/**
 * Tophash as a cache store of Infinispan: what does not fit the heap of a node, or must outlive it,
 * is in files of that node.
 *
 * <p>It uses the API of {@code io.tophash.sync} and {@code io.tophash.core}; nothing uses it.
 */
package io.tophash.infinispan;
