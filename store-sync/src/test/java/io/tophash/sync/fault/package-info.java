/** Damages the files of closed concurrent stores; see {@code io.tophash.core.fault}. */
package io.tophash.sync.fault;
