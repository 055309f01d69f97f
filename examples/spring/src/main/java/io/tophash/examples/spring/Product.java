package io.tophash.examples.spring;

import java.io.Serializable;

/**
 * What is asked for.
 *
 * @param madeBy process that fetched it from the slow source
 */
public record Product(long id, String name, long madeBy) implements Serializable {}
