/**
 * The measurements that cannot be repeated within one JVM, each in a JVM of its own that prints its
 * figures. May use the packages {@code data} and {@code store}.
 */
package io.tophash.bench.shot;
