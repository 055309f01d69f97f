package io.tophash.broken.errors;

import io.tophash.broken.memory.Used;

/** Breaks the direction of dependencies on purpose, for {@code ArchitectureTest}. */
final class UsesMemory {
  final Used upward = new Used();
}
