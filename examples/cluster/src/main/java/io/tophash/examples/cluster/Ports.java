package io.tophash.examples.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Ports on loopback that nobody uses: two for each node, the second so much above the first. */
final class Ports {
  static final int OFFSET = 10_000;

  private static final int FIRST = 20_000;

  private final List<Integer> ports = new ArrayList<>();

  /**
   * @param nodes how many nodes there will be
   */
  Ports(int nodes) {
    SplittableRandom random = new SplittableRandom();
    while (ports.size() < nodes) {
      int port = FIRST + random.nextInt(OFFSET);
      if (!ports.contains(port) && isFree(port) && isFree(port + OFFSET)) {
        ports.add(port);
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** Port of a node; they are numbered from 1 on. */
  int of(int node) {
    return ports.get(node - 1);
  }

  /** All of them as the members look for each other. */
  String hosts() {
    return ports.stream().map(port -> "127.0.0.1[" + port + "]").collect(Collectors.joining(","));
  }
}
