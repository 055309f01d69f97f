package io.tophash.core.testing;

import io.tophash.core.memory.ProcessIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that has no parent which waits for it: so what is left of it after a kill stays. */
public final class KilledProcess implements AutoCloseable {
  private static final int START = 19; // field of /proc/PID/stat behind the name

  private final Process parent;
  private final ProcessIdentity identity;

  private KilledProcess(Process parent, ProcessIdentity identity) {
    this.parent = parent;
    this.identity = identity;
  }

  /** Starts one. */
  public static KilledProcess start() throws IOException {
    Process parent = new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; exec sleep 600").start();
    BufferedReader lines = new BufferedReader(new InputStreamReader(parent.getInputStream()));
    long pid = Long.parseLong(lines.readLine());
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long world = ProcessIdentity.current().world();
    return new KilledProcess(
        parent, new ProcessIdentity(pid, Long.parseLong(fields[START]), world));
  }

  /** Which process it is. */
  public ProcessIdentity identity() {
    return identity;
  }

  /** Kills it, and waits until it runs nothing any more. */
  public void kill() {
    ProcessHandle.of(identity.pid()).orElseThrow().destroyForcibly();
    while (identity.state() != ProcessIdentity.State.DEAD) {
      Thread.onSpinWait();
    }
  }

  /** True unless the system has given back all of it. */
  public boolean isLeft() {
    return Files.exists(Path.of("/proc/" + identity.pid()));
  }

  @Override
  public void close() {
    ProcessHandle.of(identity.pid()).ifPresent(ProcessHandle::destroyForcibly);
    parent.destroyForcibly();
  }
}
