package io.tophash.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The fields of one on-file structure as a test states them, compared with the descriptor class.
 */
public final class Fields {
  private record Extent(String name, int offset, int bytes) {}

  private final Class<?> descriptor;
  private final List<Extent> extents = new ArrayList<>();
  private final Set<String> others = new TreeSet<>();

  private Fields(Class<?> descriptor) {
    this.descriptor = descriptor;
  }

  public static Fields of(Class<?> descriptor) {
    return new Fields(descriptor);
  }

  /** A field: its constant, its offset, its size and the alignment that its accesses need. */
  public Fields field(String name, int offset, int bytes, int alignment) {
    assertEquals(offset, constants().get(name), () -> "offset of " + name);
    assertEquals(0, offset % alignment, () -> name + " is not aligned");
    extents.add(new Extent(name, offset, bytes));
    return this;
  }

  public Fields longAt(String name, int offset) {
    return field(name, offset, 8, 8);
  }

  public Fields intAt(String name, int offset) {
    return field(name, offset, 4, 4);
  }

  /** A constant that is no offset. */
  public Fields constant(String name, long value) {
    assertEquals(value, constants().get(name), name);
    others.add(name);
    return this;
  }

  /** Checks that the fields do not overlap, lie within the bounds, and that none was forgotten. */
  public void fillNoMoreThan(int from, int to) {
    extents.sort(Comparator.comparingInt(Extent::offset));
    int end = from;
    String previous = "the start";
    for (Extent e : extents) {
      String pair = previous + " and " + e.name;
      assertTrue(e.offset >= end, () -> "overlap of " + pair);
      end = e.offset + e.bytes;
      previous = e.name;
    }
    int last = end;
    assertTrue(last <= to, () -> "the last field ends at " + last + ", over " + to);
    Set<String> stated = new TreeSet<>(others);
    extents.forEach(e -> stated.add(e.name));
    assertEquals(constants().keySet(), stated, "constants of the class and of its test");
  }

  private Map<String, Long> constants() {
    Map<String, Long> constants = new TreeMap<>();
    for (Field field : descriptor.getFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        try {
          constants.put(field.getName(), ((Number) field.get(null)).longValue());
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    return constants;
  }
}
