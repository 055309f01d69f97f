package io.tophash.core.crash;

import io.tophash.core.HashStore;
import io.tophash.core.VerifyReport;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SpanLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Opens what a kill left behind and says what is wrong with it. */
final class Oracle<K, V> {
  private static final int RECOVERIES = 3;

  private final Kind<K, V> kind;
  private final Path copy;
  private final Random random;
  private final boolean skipsRecovery;
  private final StoreLog.Order order;
  long cases;
  long mostRecoveryStores;

  Oracle(Kind<K, V> kind, Path copy, long seed, StoreLog.Order order, boolean skipsRecovery) {
    this.kind = kind;
    this.copy = copy;
    this.random = new Random(seed);
    this.order = order;
    this.skipsRecovery = skipsRecovery;
  }

  /** Counts the stores of a recovery, and takes an image at one of them. */
  private final class RecoveryTracer implements CrashHook.Tracer {
    final StoreLog log = new StoreLog(copy, order);
    int stores;
    int stopAt;
    byte[] image;

    @Override
    public void reached(String point) {
      Simulation.note(point);
      if (point.startsWith("file.")) {
        log.settle();
      }
    }

    @Override
    public void storing(long position, int length, boolean release) {
      if (++stores == stopAt) {
        image = random.nextBoolean() ? log.image() : log.image(random);
      }
      log.storing(position, length, release);
    }

    @Override
    public void fence() {
      log.fence();
    }
  }

  /**
   * Checks one image of the file, and the images of killed recoveries from it.
   *
   * @param unfinished true if the file was not given its name yet
   * @param legal the states of the map that may be found
   * @return null, or what is wrong
   */
  String check(byte[] image, boolean unfinished, List<Map<Object, Object>> legal) {
    Map<Object, Object> found = null;
    byte[] next = image;
    for (int i = 0; i < RECOVERIES && next != null; i++) {
      cases++;
      try {
        write(next, unfinished && i == 0);
        RecoveryTracer tracer = new RecoveryTracer();
        // Few recoveries make more than a dozen stores.
        tracer.stopAt = 1 + random.nextInt(random.nextInt(4) > 0 ? 6 : 24);
        Map<Object, Object> state = open(tracer);
        if (found != null && !state.equals(found)) {
          return "a recovery that was killed and one that was not differ";
        }
        found = state;
        next = unfinished && i == 0 ? null : tracer.image;
      } catch (WrongState | RuntimeException | Error e) {
        return (i > 0 ? "after a killed recovery: " : "") + e;
      }
      if (!legal.contains(found)) {
        return "none of the states that are legal, entries="
            + found.size()
            + difference(found, legal);
      }
    }
    return null;
  }

  private static String difference(Map<Object, Object> found, List<Map<Object, Object>> legal) {
    StringBuilder text = new StringBuilder();
    for (Map<Object, Object> state : legal) {
      Map<Object, Object> all = new HashMap<>(state);
      all.putAll(found);
      all.keySet().removeIf(k -> found.containsKey(k) && found.get(k).equals(state.get(k)));
      text.append(" legal=").append(state.size()).append(" keys that differ=").append(all.keySet());
    }
    return text.toString();
  }

  /** Something that a store must not show. */
  static final class WrongState extends Exception {
    private static final long serialVersionUID = 1L;

    WrongState(String problem) {
      super(problem);
    }
  }

  private void write(byte[] image, boolean unfinished) {
    if (skipsRecovery && image.length > HeaderLayout.BYTES) {
      ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putLong(HeaderLayout.UNCLEAN, 0);
    }
    try {
      Files.deleteIfExists(copy);
      Files.write(unfinished ? copy.resolveSibling(copy.getFileName() + ".new") : copy, image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<Object, Object> open(RecoveryTracer tracer) throws WrongState {
    CrashHook.trace(tracer);
    HashStore<K, V> store;
    try {
      store = kind.openUnlimited(copy);
    } finally {
      CrashHook.trace(null);
      tracer.log.close();
    }
    mostRecoveryStores = Math.max(mostRecoveryStores, tracer.stores);
    pagesAreAsTheHeaderSays();
    try (HashStore<K, V> opened = store) {
      Map<Object, Object> state = contents(opened);
      if (cases % 4 == 0) {
        use(opened, new HashMap<>(state));
      }
      return state;
    }
  }

  /** No tail, which may be a hole; and what was never handed out is taken for zeros when it is. */
  private void pagesAreAsTheHeaderSays() throws WrongState {
    ByteBuffer file;
    try {
      file = ByteBuffer.wrap(Files.readAllBytes(copy)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int windowPages = kind.windowBytes() / SpanLayout.PAGE_BYTES;
    int limit = (int) file.getLong(HeaderLayout.LIMIT_PAGES);
    if (file.capacity() != limit * SpanLayout.PAGE_BYTES) {
      throw new WrongState("a tail behind the limit, bytes=" + file.capacity());
    }
    for (int page = (int) file.getLong(HeaderLayout.FRESH_PAGE); page < limit; page++) {
      // The first page of a window holds its page table.
      for (int i = 0; page % windowPages != 0 && i < SpanLayout.PAGE_BYTES; i += 8) {
        if (file.getLong(page * SpanLayout.PAGE_BYTES + i) != 0) {
          throw new WrongState("a fresh page is not zero, page=" + page + " offset=" + i);
        }
      }
    }
  }

  /** Everything in a store that is whole. */
  static <K, V> Map<Object, Object> contents(HashStore<K, V> store) throws WrongState {
    VerifyReport report = store.verify();
    if (!report.isClean()) {
      throw new WrongState("broken invariants: " + report);
    }
    Map<Object, Object> state = new HashMap<>();
    store.range((k, v) -> state.put(k, Kind.canonical(v)) == null);
    if (state.size() != store.sizeLong()) {
      throw new WrongState("size=" + store.sizeLong() + " entries=" + state.size());
    }
    return state;
  }

  /** The store is as usable as before. */
  private void use(HashStore<K, V> store, Map<Object, Object> model) throws WrongState {
    for (int i = 0; i < 25; i++) {
      K key = kind.key().apply(random.nextInt(kind.domain()));
      if (random.nextInt(3) > 0) {
        V value = kind.value().apply(random);
        store.set(key, value);
        model.put(key, Kind.canonical(value));
      } else if (store.delete(key) != (model.remove(key) != null)) {
        throw new WrongState("delete answers wrongly after the recovery, key=" + key);
      }
    }
    if (!contents(store).equals(model)) {
      throw new WrongState("the store does not work after the recovery");
    }
  }
}
