/**
 * A long run of one store under mixed work, with kills, and its charts. Uses no other package of
 * this module.
 */
package io.tophash.bench.soak;
