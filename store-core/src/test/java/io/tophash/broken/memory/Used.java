package io.tophash.broken.memory;

/** What the broken class uses. */
public final class Used {}
