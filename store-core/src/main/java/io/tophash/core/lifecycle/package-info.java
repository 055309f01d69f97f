/**
 * What both stores do alike when they are opened and closed.
 *
 * <p>Owns the words of the header that say how a store was left, and what is said to people after
 * the machine stopped.
 *
 * <p>May use: {@code errors}, {@code memory}, {@code format}.
 */
package io.tophash.core.lifecycle;
