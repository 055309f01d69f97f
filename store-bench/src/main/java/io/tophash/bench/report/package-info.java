/**
 * The results: their file, and the tables and charts made from it. May use the package {@code
 * store}.
 */
package io.tophash.bench.report;
