/**
 * The measurements of operations that are repeated, as JMH benchmarks. May use the packages {@code
 * data} and {@code store}, and what removes directories in {@code shot}.
 */
package io.tophash.bench.jmh;
