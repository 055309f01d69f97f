package io.tophash.cli;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.SyncStore;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * A process of the demo: a reader or a writer. It tells the parent what it does in longs on its
 * standard output, and ends when its standard input ends, so that none outlives the parent.
 */
@Command(name = "demo-child", hidden = true, description = "A process that demo starts.")
final class DemoChild implements Callable<Integer> {
  /** What a child is. */
  enum Role {
    READER,
    WRITER
  }

  // One lookup of so many is for a key that the writer changes.
  private static final int OTHERS_PER_WRITTEN = 8;

  private final Console console;

  @Parameters(index = "0")
  private Role role;

  @Parameters(index = "1")
  private Path path;

  @Parameters(index = "2", description = "Checksums and names of the classes, one a line.")
  private Path classes;

  @Parameters(index = "3", description = "Number of the first operation, or the random seed.")
  private long first;

  private final List<String> names = new ArrayList<>();
  private final List<Integer> checksums = new ArrayList<>();
  private volatile boolean stopped;

  DemoChild(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(classes)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        checksums.add(Integer.parseInt(line.substring(0, space)));
        names.add(line.substring(space + 1));
      }
    }
    whenInputEnds(console, () -> stopped = true);
    try (SyncStore<String, byte[]> store =
            SyncStore.builder(Codecs.utf8(), Codecs.bytes())
                .readOnly(role == Role.READER)
                .open(path);
        DataOutputStream out = words(console)) {
      if (role == Role.READER) {
        read(store, out);
      } else {
        write(store, out);
      }
    }
    return ExitCode.OK;
  }

  /** Does something when the parent closes the input or dies. */
  static void whenInputEnds(Console console, Runnable action) {
    Thread thread = new Thread(() -> awaitEndOfInput(console, action), "tophash-demo-input");
    thread.setDaemon(true);
    thread.start();
  }

  private static void awaitEndOfInput(Console console, Runnable action) {
    try {
      while (console.in().read() >= 0) {
        // nothing is said to a child but the end
      }
    } catch (IOException e) {
      // That is an end, too.
    }
    action.run();
  }

  /** The output, not buffered: a word that was written has reached the kernel. */
  static DataOutputStream words(Console console) {
    return new DataOutputStream(new Whole(console));
  }

  /** Says 0 when it is ready; at the end the number of lookups, of wrong values, and the time. */
  private void read(SyncStore<String, byte[]> store, DataOutputStream out) throws IOException {
    SplittableRandom random = new SplittableRandom(first);
    ByteBuffer target = ByteBuffer.allocate(1 << 22).order(ByteOrder.BIG_ENDIAN);
    long reads = 0;
    long wrong = 0;
    out.writeLong(0);
    long start = System.nanoTime();
    while (!stopped) {
      boolean right =
          random.nextInt(OTHERS_PER_WRITTEN) == 0
              ? isWhole(store, random.nextInt(DemoWrites.KEYS), target)
              : isClass(store, random.nextInt(names.size()), target);
      reads++;
      wrong += right ? 0 : 1;
    }
    out.writeLong(reads);
    out.writeLong(wrong);
    out.writeLong(System.nanoTime() - start);
  }

  private static boolean isWhole(SyncStore<String, byte[]> store, int key, ByteBuffer target) {
    return store.getInto(DemoWrites.key(key), target.clear()) < 0
        || DemoWrites.version(key, target.flip()) >= 0;
  }

  private boolean isClass(SyncStore<String, byte[]> store, int index, ByteBuffer target) {
    return store.getInto(names.get(index), target.clear()) >= 0
        && DemoWrites.checksum(target.flip()) == checksums.get(index);
  }

  /** Says the number of each operation when it has returned. */
  private void write(SyncStore<String, byte[]> store, DataOutputStream out) throws IOException {
    for (long operation = first; !stopped; operation++) {
      String key = DemoWrites.key(DemoWrites.index(operation, DemoWrites.KEYS));
      switch (DemoWrites.kind(operation)) {
        case SET:
          store.set(key, DemoWrites.value(operation));
          break;
        case DELETE:
          store.delete(key);
          break;
        default:
          String name = names.get(DemoWrites.index(operation, names.size()));
          store.set(name, store.get(name));
      }
      out.writeLong(operation);
    }
  }

  /** Hands each long over in one write, which a kill does not tear. */
  private static final class Whole extends OutputStream {
    private final OutputStream out;

    Whole(Console console) {
      out = console.out();
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      out.flush();
    }
  }
}
