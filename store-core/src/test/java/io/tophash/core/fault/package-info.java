/**
 * Damages the files of closed stores, and lets another JVM use them: whatever the bytes are, a
 * store answers rightly or refuses with an exception that says where. Both kinds of store use it.
 */
package io.tophash.core.fault;
