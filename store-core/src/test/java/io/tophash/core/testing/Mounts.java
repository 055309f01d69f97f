package io.tophash.core.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** File systems that a test mounts; without the right to do so the test is skipped. */
public final class Mounts implements AutoCloseable {
  private final Deque<Path> mounted = new ArrayDeque<>();

  private static boolean run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Mounts something at a path. */
  public void mount(Path at, String... arguments) {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    command.add(at.toString());
    assumeTrue(run(command.toArray(String[]::new)), "nothing can be mounted here");
    mounted.push(at);
  }

  /** Makes a mounted file system read-only. */
  public void makeReadOnly(Path at) {
    assumeTrue(run("mount", "-o", "remount,ro", at.toString()), "it stays writable");
  }

  @Override
  public void close() {
    while (!mounted.isEmpty()) {
      run("umount", "-l", mounted.pop().toString());
    }
  }
}
