/**
 * The {@code tophash} command.
 *
 * <p>May use the stores' public API; nothing may use this package.
 */
package io.tophash.cli;
