/**
 * What a store throws: {@code StoreException} and its few subclasses, and nothing else.
 *
 * <p>Owns the categories of store failures and the form of their messages. Mistakes of the caller
 * are not here: they are the JDK's own exceptions.
 *
 * <p>May use: no other package of this project.
 */
package io.tophash.core.errors;
