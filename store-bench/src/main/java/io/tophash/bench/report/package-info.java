/**
 * The results: their file, and the tables and charts made from it. May use the packages {@code
 * data} and {@code store}.
 */
package io.tophash.bench.report;
