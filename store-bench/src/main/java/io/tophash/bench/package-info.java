/**
 * The benchmark suite: plans the runs, starts a JVM for each, and gathers the results.
 *
 * <p>The packages below it hold the data, the adapters of the stores, the JMH benchmarks, the
 * single-shot measurements and the reports. The module may use every other module but the command
 * line; nothing may use this one.
 */
package io.tophash.bench;
