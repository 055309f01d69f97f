/**
 * The place of the concurrent, multi-process store.
 *
 * <p>This module reserves the name only: it has no API and no classes yet. It may use all that the
 * module {@code io.tophash.core} exports to it; nothing in {@code io.tophash.core} may use it.
 */
package io.tophash.sync;
