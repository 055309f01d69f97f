/**
 * What both stores do alike when they are opened and closed.
 *
 * <p>Owns what is asked of a store by its builder, the words of the header that say how a store was
 * left, and what is said to people after the machine stopped.
 *
 * <p>May use: {@code errors}, {@code memory}, {@code format}, {@code hash}, {@code codec}.
 */
package io.tophash.core.lifecycle;
