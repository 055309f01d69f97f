/**
 * Entries: looking one up, changing one, walking over all. The protocol of a change stands here,
 * and its typed face, which is {@link io.tophash.core.map.Entries}.
 *
 * <p>Owns no word of the file: it changes slots and inserts entries by the rules of {@code segment}
 * and {@code shard}.
 *
 * <p>May use: {@code io.tophash.core} ({@code errors}, {@code memory}, {@code format}, {@code
 * hash}, {@code codec}, {@code map}), {@code format}, {@code process} (of which {@code Deserted}),
 * {@code segment}, {@code shard}, {@code attach}.
 */
package io.tophash.sync.entry;
