package io.tophash.core.fault;

import io.tophash.core.crash.CrashHook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the undamaged files: each subject is filled, changed and closed, and on the way copied at
 * some named points, as a kill would leave it there. Runs in a JVM of its own, with the hook of the
 * crash tests.
 */
public final class ImageMaker {
  private final Path target;
  private final Path scratch;
  private int number;

  private ImageMaker(Path target, Path scratch) {
    this.target = target;
    this.scratch = scratch;
  }

  /** Arguments: class that supplies the subjects, directory for the images, scratch directory. */
  public static void main(String[] args) throws Exception {
    Path scratch = Files.createDirectories(Path.of(args[2]));
    ImageMaker maker = new ImageMaker(Files.createDirectories(Path.of(args[1])), scratch);
    for (Subject<?, ?> subject : FaultWorker.subjects(args[0])) {
      maker.make(subject);
    }
  }

  private <K, V> void make(Subject<K, V> subject) throws IOException {
    new Script<>(subject).run();
  }

  private final class Script<K, V> {
    private final Subject<K, V> subject;
    private final Path path;
    private final int[] versions;
    private final Set<String> points;
    private Subject.Opened<K, V> store;
    private byte[] older;
    private int inFlight = -1;

    Script(Subject<K, V> subject) {
      this.subject = subject;
      this.path = scratch.resolve(subject.name());
      this.versions = new int[subject.keys()];
      this.points = new HashSet<>(subject.crashPoints());
      Arrays.fill(versions, -1);
    }

    void run() throws IOException {
      int n = subject.keys();
      store = subject.open(path, false);
      for (int i = 0; i < n * 3 / 4; i++) {
        put(i, i % 3 == 0 ? 1 : 0);
      }
      older = Files.readAllBytes(path);
      CrashHook.trace(new Points());
      for (int i = 0; i < n * 3 / 4; i++) {
        switch (i % 10) {
          case 0, 5 -> remove(i);
          case 3, 7 -> put(i, 2);
          default -> {}
        }
      }
      for (int i = 0; i < n * 3 / 4; i += 10) {
        put(i, 2);
      }
      for (int i = n * 3 / 4; i < n; i++) {
        put(i, 0);
      }
      CrashHook.trace(null);
      copy("open");
      store.close();
      copy("closed");
    }

    private void put(int i, int version) {
      inFlight = i;
      store.map().put(subject.key(i), subject.value(i, version));
      versions[i] = version;
      inFlight = -1;
    }

    private void remove(int i) {
      inFlight = i;
      store.map().remove(subject.key(i));
      versions[i] = -1;
      inFlight = -1;
    }

    private void copy(String state) {
      try {
        byte[] bytes = Files.readAllBytes(path);
        new Image(subject.name(), state, bytes, older, versions.clone(), inFlight)
            .write(target.resolve(String.format("%03d", number++)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Copies the file when a point is reached for the first time. */
    private final class Points implements CrashHook.Tracer {
      @Override
      public void reached(String point) {
        if (points.remove(point)) {
          copy("killed at " + point);
        }
      }

      @Override
      public void storing(long position, int length, boolean release) {}

      @Override
      public void fence() {}
    }
  }

  /** Points that a script does not reach are a mistake in the subject. */
  static List<String> missing(Subject<?, ?> subject, List<Image> images) {
    return subject.crashPoints().stream()
        .filter(
            point ->
                images.stream()
                    .noneMatch(
                        image ->
                            image.subject().equals(subject.name())
                                && image.state().endsWith(" " + point)))
        .toList();
  }
}
