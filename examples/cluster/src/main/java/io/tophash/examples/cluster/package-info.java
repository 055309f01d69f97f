/** A cluster whose nodes keep what does not fit their heaps in files; see docs/infinispan.md. */
package io.tophash.examples.cluster;
