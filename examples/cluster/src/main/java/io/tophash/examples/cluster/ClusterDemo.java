package io.tophash.examples.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Three JVMs are a cluster in which each entry has two owners; each keeps a part of its entries on
 * the heap and all of them in its files. One is killed: nothing is lost. It starts again with the
 * files that it left.
 */
public final class ClusterDemo {
  private static final int NODES = 3;
  private static final int KILLED = 3;
  private static final int ENTRIES = 100_000;

  /** So many of a node's entries are on its heap, of about two thirds of all that it owns. */
  private static final int PART_ON_HEAP = 20;

  /** What the numbers of a node's files mean. */
  private static final int STORED = 0;

  private static final int WRITES = 1;
  private static final int REMOVES = 2;

  /**
   * What happened.
   *
   * @param copiesLoaded entries in the files of all nodes, two for each
   * @param onHeap entries on the heap of the node that was killed
   * @param lost entries that the other two did not have after the kill
   * @param changed entries that were stored anew meanwhile
   * @param inFiles entries that the killed node had in its files when it started again
   * @param removed entries of these that were removed, as others own their segments now
   * @param transferred entries that other nodes sent to it
   * @param owned entries in its files in the end
   * @param lostAtEnd entries that it did not find in the end, or found as they were before they
   *     were stored anew, wherever they are
   */
  record Outcome(
      int entries,
      long copiesLoaded,
      long onHeap,
      double loadSeconds,
      double secondsWithout,
      long lost,
      long changed,
      long inFiles,
      long removed,
      double secondsBack,
      long transferred,
      long owned,
      long lostAtEnd) {
    /** Entries that the node has and nobody sent: they were in its files. */
    long kept() {
      return Math.max(0, owned - transferred);
    }

    boolean isOk() {
      return copiesLoaded == 2L * entries && lost == 0 && lostAtEnd == 0;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          """
          Three JVMs, TCP on loopback, DIST_SYNC, two owners for each entry

            entries                                              %,10d
            copies in the files of the three nodes               %,10d   loaded in %.1f s
            of these also on the heap of node 3                  %,10d

            node 3 is killed: entries that the others lack       %,10d   %.1f s until each has two owners again
            stored anew while it is down                         %,10d

            node 3 starts again: entries in its files            %,10d
              removed, as others own them now                    %,10d
              sent to it by the others                           %,10d   in %.1f s
              kept from its files, not sent                      %,10d
              in its files in the end                            %,10d
            entries that node 3 does not find, or finds old      %,10d

          %s
          """,
          entries,
          copiesLoaded,
          loadSeconds,
          onHeap,
          lost,
          secondsWithout,
          changed,
          inFiles,
          removed,
          transferred,
          secondsBack,
          kept(),
          owned,
          lostAtEnd,
          isOk() ? "Nothing is lost" : "FAILED");
    }
  }

  private ClusterDemo() {}

  /**
   * Runs the example.
   *
   * @param args the number of entries, {@value #ENTRIES} without
   */
  public static void main(String[] args) throws IOException {
    Outcome outcome = run(args.length > 0 ? Integer.parseInt(args[0]) : ENTRIES);
    System.out.print(outcome);
    System.exit(outcome.isOk() ? 0 : 3);
  }

  /** Runs it with so many entries, in a directory of its own. */
  static Outcome run(int entries) throws IOException {
    Path directory = Files.createTempDirectory("tophash-cluster-");
    NodeProcess[] nodes = new NodeProcess[NODES];
    try {
      return run(entries, directory, nodes);
    } finally {
      Stream.of(nodes).filter(node -> node != null).forEach(NodeProcess::close);
      delete(directory);
    }
  }

  private static Outcome run(int entries, Path directory, NodeProcess[] nodes) throws IOException {
    Ports ports = new Ports(NODES);
    int onHeap = Math.max(1, entries / PART_ON_HEAP);
    for (int i = 0; i < NODES; i++) {
      nodes[i] = new NodeProcess(i + 1, ports, directory, onHeap);
    }
    settle(nodes[0], nodes[1], nodes[2]);
    long start = System.nanoTime();
    nodes[0].ask("load", entries);
    double loadSeconds = secondsSince(start);
    long copies = copies(nodes);
    long heap = nodes[KILLED - 1].ask("figures", 0)[0];

    nodes[KILLED - 1].kill();
    start = System.nanoTime();
    settle(nodes[0], nodes[1]);
    while (copies(nodes[0], nodes[1]) != 2L * entries) {
      pause();
    }
    double secondsWithout = secondsSince(start);
    long lost = Math.max(nodes[0].ask("missing", entries)[0], nodes[1].ask("missing", entries)[0]);

    nodes[1].ask("change", entries);
    start = System.nanoTime();
    nodes[KILLED - 1] = new NodeProcess(KILLED, ports, directory, onHeap);
    settle(nodes[0], nodes[1], nodes[2]);
    double secondsBack = secondsSince(start);
    long[] before = nodes[KILLED - 1].before();
    long[] after = figures(nodes[KILLED - 1]);
    return new Outcome(
        entries,
        copies,
        heap,
        loadSeconds,
        secondsWithout,
        lost,
        (entries + Node.PART_CHANGED - 1) / Node.PART_CHANGED,
        before[STORED],
        after[REMOVES] - before[REMOVES],
        secondsBack,
        after[WRITES] - before[WRITES],
        after[STORED],
        nodes[KILLED - 1].ask("missing-or-old", entries)[0]);
  }

  /** Entries in the files of all these nodes. */
  private static long copies(NodeProcess... nodes) throws IOException {
    long copies = 0;
    for (NodeProcess node : nodes) {
      copies += figures(node)[STORED];
    }
    return copies;
  }

  /** The figures of a node's files. */
  private static long[] figures(NodeProcess node) throws IOException {
    long[] all = node.ask("figures", 0);
    return List.of(all[1 + STORED], all[1 + WRITES], all[1 + REMOVES]).stream()
        .mapToLong(Long::longValue)
        .toArray();
  }

  /** Waits until these nodes are the cluster, and each entry is where it belongs. */
  private static void settle(NodeProcess... nodes) throws IOException {
    for (NodeProcess node : nodes) {
      while (node.ask("settled", nodes.length)[0] == 0) {
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }

  private static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> walked = Files.walk(directory)) {
      all = walked.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
