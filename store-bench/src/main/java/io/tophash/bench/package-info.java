/**
 * JMH benchmarks of the stores and of their peers.
 *
 * <p>May use every other module but the command line; nothing may use this one.
 */
package io.tophash.bench;
