package io.tophash.core.crash;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The process that is killed: runs the operations of a workload and acknowledges them on its
 * standard output, each with its number plus one.
 */
public final class Child {
  /** Says that the process stands at its point and waits to be killed. */
  static final int AT_POINT = -1;

  /** What the process does at its point. */
  enum End {
    NONE,
    HALT,
    WAIT,
    /** Goes on, and at last says how often each point was reached. */
    COUNT
  }

  private final DataOutputStream acknowledgements;
  private final Map<String, Integer> counts = new TreeMap<>();

  private Child(OutputStream out) {
    this.acknowledgements = new DataOutputStream(out);
  }

  /** Arguments: kind, file, first operation, operations, end, point, how often it is reached. */
  public static void main(String[] args) throws IOException {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    End end = End.valueOf(args[4]);
    Child child = new Child(end == End.COUNT ? new BufferedOutputStream(out) : out);
    child.run(
        Kind.named(args[0]),
        Path.of(args[1]),
        Integer.parseInt(args[2]),
        Integer.parseInt(args[3]),
        end,
        args[5],
        Integer.parseInt(args[6]));
  }

  private <K, V> void run(
      Kind<K, V> kind, Path path, int from, int operations, End end, String point, int times)
      throws IOException {
    Workload<K, V> workload = new Workload<>(kind, path);
    if (end != End.NONE) {
      CrashHook.trace(tracer(end, point, times));
    }
    workload.open();
    if (from == 0) {
      workload.preload(new HashMap<>());
    }
    if (end != End.COUNT) {
      acknowledgements.writeInt(from);
    }
    for (int i = from; i - from < operations; i++) {
      workload.run(i);
      if (end != End.COUNT) {
        acknowledgements.writeInt(i + 1);
      }
    }
    workload.store.close();
    if (end == End.COUNT) {
      for (Map.Entry<String, Integer> count : counts.entrySet()) {
        acknowledgements.writeBytes(count.getKey() + " " + count.getValue() + "\n");
      }
    }
    acknowledgements.flush();
  }

  private CrashHook.Tracer tracer(End end, String point, int times) {
    return new CrashHook.Tracer() {
      @Override
      public void reached(String name) {
        int count = counts.merge(name, 1, Integer::sum);
        if (end != End.COUNT && name.equals(point) && count == times) {
          stop(end);
        }
      }

      @Override
      public void storing(long position, int length, boolean release) {}

      @Override
      public void fence() {}
    };
  }

  private void stop(End end) {
    if (end == End.HALT) {
      Runtime.getRuntime().halt(9);
    }
    try {
      acknowledgements.writeInt(AT_POINT);
      // Ends only with the process, or when its parent is gone.
      while (System.in.read() >= 0) {}
      Runtime.getRuntime().halt(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
