/**
 * What the JDK's flight recorder is told: rebuilds, evictions, sweeps, waits for locks, take-overs.
 * Nothing of it lies on the way of a lookup. A runtime without the module {@code jdk.jfr} records
 * nothing.
 *
 * <p>May use: nothing.
 */
package io.tophash.sync.event;
