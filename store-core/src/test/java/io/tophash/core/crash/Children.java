package io.tophash.core.crash;

import io.tophash.core.HashStore;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts processes that are to be killed, and checks what they leave behind. */
final class Children {
  /** Operations after the last one acknowledged that may have been done: the one in flight. */
  private static final int IN_FLIGHT = 1;

  private Children() {}

  /** Starts a child; its errors go to those of this process. */
  static Process start(
      Kind<?, ?> kind, Path store, int from, int operations, Child.End end, String point, int times)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx96m", "-XX:+UseSerialGC"));
    if (end != Child.End.NONE) {
      command.add("-Dtophash.crashHook=" + CrashHook.class.getName());
    } else if (from % 2 == 1) {
      // Every now and then in the fast memory mode.
      command.addAll(List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    command.addAll(
        List.of(
            kind.name(),
            store.toString(),
            Integer.toString(from),
            Integer.toString(operations),
            end.name(),
            point,
            Integer.toString(times)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /**
   * Reads acknowledgements until the child has ended, and kills it when it is time.
   *
   * @param killAfter kills after so many acknowledgements
   * @return the last one; -1 if there was none
   */
  static int acknowledged(Process child, int killAfter) throws IOException {
    int last = -1;
    int count = 0;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(child.getInputStream()))) {
      while (true) {
        int number = in.readInt();
        if (number == Child.AT_POINT || ++count == killAfter) {
          // By its handle: a process closes its streams when it is destroyed.
          child.toHandle().destroyForcibly();
        }
        last = number == Child.AT_POINT ? last : number;
      }
    } catch (EOFException e) {
      return last;
    } finally {
      child.destroyForcibly();
    }
  }

  /** The number of operations that the store has seen, and the entries after them. */
  record State(int done, Map<Object, Object> entries) {}

  /**
   * Opens what a killed child left and checks it.
   *
   * @param model the entries after the first {@code from} operations
   * @param acknowledged number of operations that were acknowledged
   * @throws Oracle.WrongState if it is not exactly the state after these, or after one more
   */
  static <K, V> State check(
      Kind<K, V> kind, Path store, Map<Object, Object> model, int from, int acknowledged)
      throws Oracle.WrongState {
    Workload<K, V> workload = new Workload<>(kind, store);
    Map<Object, Object> found;
    try (HashStore<K, V> opened = kind.open(store)) {
      found = Oracle.contents(opened);
    }
    Map<Object, Object> state = model;
    for (int i = from; i < acknowledged; i++) {
      state = workload.apply(state, i);
    }
    for (int i = acknowledged; i <= acknowledged + IN_FLIGHT; i++) {
      if (state.equals(found)) {
        return new State(i, state);
      }
      state = workload.apply(new HashMap<>(state), i);
    }
    throw new Oracle.WrongState(
        "kind="
            + kind
            + " acknowledged="
            + acknowledged
            + " next="
            + workload.describe(acknowledged)
            + " entries="
            + found.size());
  }
}
