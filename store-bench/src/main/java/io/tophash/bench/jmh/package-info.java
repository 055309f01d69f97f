/**
 * The measurements of operations that are repeated, as JMH benchmarks. May use the packages {@code
 * data} and {@code store}.
 */
package io.tophash.bench.jmh;
