/** What the levels of durability cost, and how long an opening after a power cut takes. */
package io.tophash.bench.durability;
