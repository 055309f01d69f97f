package io.tophash.bench.report;

import io.tophash.bench.data.RecordShape;
import java.util.Arrays;
import java.util.List;

/** The entries with which a figure is taken. */
public enum Shape {
  /** Long to long. */
  LONGS("", "long to long", null),
  /** Strings of 16 characters to 100 bytes. */
  STRINGS("string", "string to 100 bytes", RecordShape.STRING_100),
  /** Ints to 100 bytes. */
  INTS("int100", "int to 100 bytes", RecordShape.INT_100),
  /** Ints to about 2 KB. */
  INTS_2K("int2k", "int to 2,026 bytes", RecordShape.INT_2K),
  /** Ints to about 16 KB. */
  INTS_16K("int16k", "int to 16,368 bytes", RecordShape.INT_16K),
  /** The few entries of Go's benchmarks of sync.Map. */
  GO_MAP("", "Go's benchmarks of sync.Map, 2 threads", null);

  private final String prefix;
  private final String title;
  private final RecordShape<?> records;

  Shape(String prefix, String title, RecordShape<?> records) {
    this.prefix = prefix;
    this.title = title;
    this.records = records;
  }

  /** The shapes that stores are filled with. */
  public static List<Shape> filled() {
    return Arrays.stream(values()).filter(shape -> shape != GO_MAP).toList();
  }

  /** The name of a workload of this shape. */
  public String workload(String name) {
    return prefix.isEmpty()
        ? name
        : prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** The records, or null if they are none. */
  public RecordShape<?> records() {
    return records;
  }
}
