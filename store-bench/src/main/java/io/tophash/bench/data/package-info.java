/** The keys and values that every store gets. Uses nothing else of this module. */
package io.tophash.bench.data;
