package io.tophash.core.fault;

/**
 * A part of a store's file at which faults aim.
 *
 * @param name what stands there
 * @param from its first byte
 * @param to the byte behind it
 */
public record Region(String name, int from, int to) {}
