package io.tophash.core.fault;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.errors.UnsettledStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Does everything with one damaged file: reads it all, read-only and not, then changes it. Says
 * what became of it. What is forbidden is any exception but a {@link StoreException}, a value that
 * its key never had, and a store that does not close.
 */
final class Exercise<K, V> {
  /** More entries than any walk may deliver. */
  private static final int ENDLESS = 100_000;

  private static final int FRAMES = 7;

  /** A call on the store. */
  @FunctionalInterface
  private interface Call {
    void run() throws Exception;
  }

  private final Subject<K, V> subject;
  private final Image image;
  private final byte[] bytes;
  private final Path path;
  private final Map<K, Integer> numbers = new HashMap<>();
  private final List<K> keys = new ArrayList<>();

  private Outcome outcome = Outcome.HARMLESS;
  private String text = "";
  // Live entries that were read and right.
  private int right;
  // Of the pass under way.
  private boolean isMissing;
  private boolean isOld;
  private boolean isStopped;
  // Of both passes: verify() found something, something was missing or old.
  private boolean isFound;
  private boolean isDifferent;
  private boolean isOpen;

  Exercise(Subject<K, V> subject, Image image, byte[] bytes, Path path) {
    this.subject = subject;
    this.image = image;
    this.bytes = bytes;
    this.path = path;
    for (int i = 0; i < subject.keys(); i++) {
      keys.add(subject.key(i));
      numbers.put(subject.key(i), i);
    }
  }

  Outcome outcome() {
    return outcome;
  }

  /** The worst that happened, in words. */
  String text() {
    return text;
  }

  /** Live entries that were read and right. */
  int right() {
    return right;
  }

  /** Number of live entries of the undamaged image. */
  int live() {
    int live = 0;
    for (int version : image.versions()) {
      live += version >= 0 ? 1 : 0;
    }
    return live;
  }

  private void worse(Outcome next, String why) {
    if (next.compareTo(outcome) > 0) {
      outcome = next;
      text = why;
    }
  }

  void run() throws IOException {
    use(true, this::read);
    use(
        false,
        opened -> {
          read(opened);
          change(opened);
        });
    if (isDifferent) {
      worse(isFound ? Outcome.FOUND : Outcome.UNNOTICED, "missing or old");
    }
  }

  private interface Use<K, V> {
    void run(Subject.Opened<K, V> opened);
  }

  private void use(boolean readOnly, Use<K, V> use) throws IOException {
    Files.deleteIfExists(path);
    Files.write(path, bytes);
    pass(readOnly, use);
    if (!readOnly && isOpen && !isStopped) {
      pass(false, this::readChanged);
    }
  }

  private void pass(boolean readOnly, Use<K, V> use) {
    isOpen = false;
    isStopped = false;
    Subject.Opened<K, V> opened = null;
    try {
      opened = subject.open(path, readOnly);
      isOpen = true;
    } catch (UnsettledStoreException e) {
      return; // an undamaged one, too, must be opened for writing first
    } catch (StoreException e) {
      judge(e);
      worse(Outcome.REFUSED, describe(e));
      return;
    } catch (Throwable e) {
      finding("open readOnly=" + readOnly, e);
      return;
    }
    use.run(opened);
    Subject.Opened<K, V> last = opened;
    attempt("close", last::close);
    if (!last.store().isClosed()) {
      worse(Outcome.FINDING, "it does not close");
    }
  }

  // --- reading -----------------------------------------------------------------------------------

  private void read(Subject.Opened<K, V> opened) {
    isMissing = false;
    isOld = false;
    int[] rightNow = new int[1];
    for (int i = 0; i < keys.size(); i++) {
      int number = i;
      K key = keys.get(i);
      attempt("get", () -> rightNow[0] += expect(number, opened.map().get(key)));
      attempt("containsKey", () -> opened.map().containsKey(key));
    }
    right = Math.max(right, rightNow[0]);
    attempt("absent", () -> opened.map().get(subject.key(keys.size() + 7)));
    attempt("getInto", () -> getInto(opened));
    attempt(
        "getAll",
        () -> opened.getAll(keys).forEach((key, value) -> expect(numbers.get(key), value)));
    attempt("iterate", () -> iterate(opened));
    attempt("containsValue", () -> opened.map().containsValue(subject.value(3, 0)));
    long[] size = {live()};
    attempt("size", () -> size[0] = opened.store().sizeLong());
    isMissing |= size[0] != live() && image.inFlight() < 0;
    attempt("stats", () -> opened.store().stats());
    boolean[] isClean = {false};
    attempt("verify", () -> isClean[0] = opened.store().verify().isClean());
    isFound |= !isClean[0];
    isDifferent |= isMissing || isOld;
  }

  private void getInto(Subject.Opened<K, V> opened) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    for (int i = 0; i < keys.size(); i += 3) {
      buffer.clear();
      int length = opened.getInto(keys.get(i), buffer);
      V value =
          length < 0 ? null : subject.decode(buffer.flip().order(java.nio.ByteOrder.LITTLE_ENDIAN));
      expect(i, value);
    }
  }

  private void iterate(Subject.Opened<K, V> opened) {
    int count = 0;
    for (Map.Entry<K, V> entry : opened.map().entrySet()) {
      Integer number = numbers.get(entry.getKey());
      if (number == null) {
        wrong("a key that was never stored: " + entry.getKey());
      } else {
        expect(number, entry.getValue());
      }
      if (count++ > ENDLESS) {
        worse(Outcome.FINDING, "the walk does not end");
        return;
      }
    }
    isMissing |= count != live() && image.inFlight() < 0;
  }

  /** Compares with what the key must have; 1 if it is there and right. */
  private int expect(int number, V value) {
    int version = image.versions()[number];
    boolean isLoose = number == image.inFlight();
    if (value == null) {
      isMissing |= version >= 0 && !isLoose;
      return 0;
    }
    if (version >= 0 && Objects.deepEquals(value, subject.value(number, version))) {
      return 1;
    }
    isOld |= !isLoose;
    check(number, value);
    return 0;
  }

  /** Fails unless the key once had the value. */
  private void check(int number, V value) {
    for (int version = 0; value != null && version < Subject.VERSIONS; version++) {
      if (Objects.deepEquals(value, subject.value(number, version))) {
        return;
      }
    }
    if (value != null) {
      wrong("key " + number + " never had this value");
    }
  }

  private void wrong(String what) {
    worse(subject.isChecked() ? Outcome.FINDING : Outcome.WRONG_CELL, what);
  }

  // --- changing ----------------------------------------------------------------------------------

  private void change(Subject.Opened<K, V> opened) {
    Map<K, V> map = opened.map();
    for (int i = 0; i < keys.size(); i++) {
      int number = i;
      K key = keys.get(i);
      attempt(
          "change",
          () -> {
            switch (number % 5) {
              case 0 -> check(number, map.put(key, subject.value(number, 2)));
              case 1 -> check(number, map.remove(key));
              case 2 -> check(number, map.replace(key, subject.value(number, 1)));
              case 3 -> check(number, map.putIfAbsent(key, subject.value(number, 0)));
              default -> {
                map.remove(key, subject.value(number, 0));
                map.merge(key, subject.value(number, 1), (old, fresh) -> fresh);
              }
            }
          });
    }
    readChanged(opened);
    attempt("compact", () -> opened.store().compact());
    readChanged(opened);
    attempt("clear", map::clear);
    for (int i = 0; i < keys.size(); i++) {
      int number = i;
      attempt("put", () -> check(number, map.put(keys.get(number), subject.value(number, 0))));
    }
    readChanged(opened);
  }

  private void readChanged(Subject.Opened<K, V> opened) {
    for (int i = 0; i < keys.size(); i++) {
      int number = i;
      attempt("get", () -> check(number, opened.map().get(keys.get(number))));
    }
    attempt("iterate", () -> iterate(opened));
    attempt("verify", () -> opened.store().verify());
  }

  // --- judging -----------------------------------------------------------------------------------

  private void attempt(String what, Call call) {
    if (isStopped && !what.equals("close")) {
      return;
    }
    try {
      call.run();
    } catch (StoreException e) {
      judge(e);
      worse(Outcome.REPORTED, describe(e));
      // Each further call would wait as long for the damaged lock.
      isStopped |= e instanceof StoreTimeoutException;
    } catch (Throwable e) {
      finding(what, e);
    }
  }

  private void judge(StoreException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof CorruptStoreException
        && !(message.contains("section=") && message.contains("position="))) {
      worse(Outcome.FINDING, "it does not say where: " + message);
    }
  }

  private void finding(String what, Throwable e) {
    StringBuilder where = new StringBuilder(what).append(": ").append(e);
    int frames = 0;
    for (StackTraceElement frame : e.getStackTrace()) {
      if (frames < FRAMES && frame.getClassName().startsWith("io.tophash.")) {
        where.append(" < ").append(frame.getFileName()).append(':').append(frame.getLineNumber());
        frames++;
      }
    }
    worse(Outcome.FINDING, where.toString());
  }

  private static String describe(StoreException e) {
    String message = String.valueOf(e.getMessage());
    int section = message.indexOf("section=");
    return e.getClass().getSimpleName()
        + (section < 0 ? "" : " " + message.substring(section).split("[; ]")[0])
        + (message.contains("leads nowhere") ? " nowhere" : "");
  }
}
