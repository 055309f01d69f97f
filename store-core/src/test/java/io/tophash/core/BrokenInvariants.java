package io.tophash.core;

import static io.tophash.core.testing.Stores.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.format.HeaderLayout;
import io.tophash.core.table.TableProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Damages a closed store and demands that {@code verify()} names the damage and its position. */
abstract class BrokenInvariants {
  @TempDir Path directory;

  static final long ANYWHERE = -1;

  /** Breaks something; returns the position that the finding must name. */
  @FunctionalInterface
  interface Damage {
    long apply(DamagedFile<?, ?> file, TableProbe probe);
  }

  static Map<Long, Long> longContent() {
    Map<Long, Long> content = new LinkedHashMap<>();
    for (int n = 0; n < 20; n++) {
      content.put(key(0x40 + n, n, 2), (long) n);
    }
    for (int n = 0; n < 6; n++) {
      content.put(key(0x50 + n, n, 5), (long) n);
    }
    return content;
  }

  static Map<String, String> textContent(int count) {
    Map<String, String> content = new LinkedHashMap<>();
    for (int n = 0; n < count; n++) {
      content.put("key" + n, "value".repeat(1 + n % 7) + n);
    }
    return content;
  }

  void finds(String problem, Damage damage) throws IOException {
    check(DamagedFile.longs(directory.resolve("longs")).fill(longContent()), problem, damage);
  }

  void findsInRecords(String problem, Damage damage) throws IOException {
    check(DamagedFile.records(directory.resolve("records")).fill(textContent(40)), problem, damage);
  }

  void findsWhileGrowing(String problem, Damage damage) throws IOException {
    Map<Long, Long> content = new LinkedHashMap<>();
    for (int n = 0; n < 53; n++) {
      content.put(key(0x40 + n, n, n % 8), (long) n);
    }
    check(DamagedFile.longs(directory.resolve("growing")).fill(content), problem, damage);
  }

  static void check(DamagedFile<?, ?> file, String problem, Damage damage) throws IOException {
    assertEquals(List.of(), file.verify());
    long[] position = new long[1];
    file.probe(probe -> position[0] = damage.apply(file, probe));
    putLong(file, HeaderLayout.SUMS, 0); // they would tell it first, and of what was closed only
    List<String> findings = file.verify();
    assertTrue(
        findings.stream()
            .anyMatch(
                finding ->
                    finding.contains(problem)
                        && (position[0] == ANYWHERE
                            || finding.contains(" at " + position[0] + ":")
                            || finding.contains("position=" + position[0]))),
        () -> "problem=" + problem + " position=" + position[0] + " findings=" + findings);
  }

  static void putByte(DamagedFile<?, ?> file, long position, int value) {
    file.bytes.put((int) position, (byte) value);
  }

  static void putLong(DamagedFile<?, ?> file, long position, long value) {
    file.bytes.putLong((int) position, value);
  }

  static long longest(TableProbe probe) {
    long longest = probe.bucket(0);
    for (int i = 1; i < 8; i++) {
      if (probe.keys(probe.bucket(i)).size() > probe.keys(longest).size()) {
        longest = probe.bucket(i);
      }
    }
    return longest;
  }
}
