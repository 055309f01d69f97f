package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tophash.core.StoreMap;
import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was not made leaves nothing; and what has a long name is made as well. */
public abstract class LeftoverCases {
  @TempDir(factory = io.tophash.core.crash.InMemoryDirectory.class)
  Path temporary;

  private Path directory;

  /** Opens a store, or makes it. */
  protected abstract StoreMap<Long, Long> open(Path path, long maxBytes);

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectory(temporary.resolve("stores"));
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return new TreeSet<>(files.map(p -> p.getFileName().toString()).toList());
    }
  }

  @Test
  void aStoreThatCannotBeMadeLeavesNoFile() throws IOException {
    assertThrows(StoreException.class, () -> open(directory.resolve("a.tph"), 1));
    assertEquals(Set.of(), names());
    try (StoreMap<Long, Long> store = open(directory.resolve("a.tph"), Long.MAX_VALUE)) {
      store.put(1L, 2L);
    }
    assertEquals(Set.of("a.tph", "a.tph.lock"), names());
  }

  @Test
  void aBackupThatFailsLeavesNoFile() throws IOException {
    try (StoreMap<Long, Long> store = open(temporary.resolve("source.tph"), Long.MAX_VALUE)) {
      store.put(1L, 2L);
      // A directory that is not empty is in the way.
      Path obstacle = Files.createDirectory(directory.resolve("b.tph.copy"));
      Files.createFile(obstacle.resolve("mine"));
      assertThrows(StoreException.class, () -> store.backup(directory.resolve("b.tph")));
      assertEquals(Set.of("b.tph.copy"), names());
    }
  }

  @Test
  void aNameOfAnyLengthThatAStoreMayHaveCanBeBackedUp() throws IOException {
    for (int length : List.of(240, 242, 243, 245, 250)) {
      Path target = directory.resolve("x".repeat(length));
      try (StoreMap<Long, Long> store = open(temporary.resolve("source.tph"), Long.MAX_VALUE)) {
        store.put(1L, (long) length);
        store.backup(target);
      }
      try (StoreMap<Long, Long> copy = open(target, Long.MAX_VALUE)) {
        assertEquals((long) length, copy.get(1L));
      }
    }
    assertEquals(10, names().size(), "a store and its lock file for each");
  }
}
