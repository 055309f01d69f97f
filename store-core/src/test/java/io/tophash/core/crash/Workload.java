package io.tophash.core.crash;

import io.tophash.core.HashStore;
import io.tophash.core.errors.StoreFullException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** An endless row of operations, the i-th always the same: on a store, and on a model of it. */
final class Workload<K, V> {
  /** Operations of one phase: mostly insertions, then both, then mostly deletions. */
  private static final int PHASE = 250;

  final Kind<K, V> kind;
  private final Path path;
  HashStore<K, V> store;

  Workload(Kind<K, V> kind, Path path) {
    this.kind = kind;
    this.path = path;
  }

  void open() {
    store = kind.open(path);
  }

  /** The entries that are there before the first operation. */
  void preload(Map<Object, Object> model) {
    for (int i = 0; i < kind.preload(); i++) {
      V value = kind.value().apply(new Random(~i));
      if (store != null) {
        store.set(kind.key().apply(i), value);
      }
      model.put(kind.key().apply(i), Kind.canonical(value));
    }
  }

  private static Random random(int i) {
    return new Random(i * 0x9E3779B97F4A7C15L);
  }

  private String what(int i) {
    int choice = random(i).nextInt(1000);
    int phase = i / PHASE % 3;
    if (choice < 3) {
      return kind.preload() > 0 ? "compact" : "clear";
    } else if (choice < 10) {
      return "compact";
    } else if (choice < 17) {
      return "reopen";
    }
    int writes = phase == 0 ? 850 : phase == 1 ? 500 : 200;
    return choice < writes || kind.preload() > 0 && choice < 950 ? "set" : "delete";
  }

  private K key(int i) {
    return kind.key().apply(new Random(random(i).nextLong()).nextInt(kind.domain()));
  }

  private V value(int i) {
    return kind.value().apply(new Random(i));
  }

  String describe(int i) {
    return i + ":" + what(i) + " " + key(i);
  }

  /** Does the i-th operation on the store; false if it was refused for want of space. */
  boolean run(int i) {
    try {
      switch (what(i)) {
        case "clear":
          store.clear();
          break;
        case "compact":
          store.compact();
          break;
        case "reopen":
          store.close();
          open();
          break;
        case "set":
          store.set(key(i), value(i));
          break;
        default:
          store.delete(key(i));
      }
      return true;
    } catch (StoreFullException e) {
      return false;
    }
  }

  /** The model after the i-th operation: a copy. */
  Map<Object, Object> after(Map<Object, Object> model, int i) {
    return apply(new HashMap<>(model), i);
  }

  /** Does the i-th operation on the model and returns it. */
  Map<Object, Object> apply(Map<Object, Object> model, int i) {
    switch (what(i)) {
      case "clear":
        model.clear();
        break;
      case "set":
        model.put(key(i), Kind.canonical(value(i)));
        break;
      case "delete":
        model.remove(key(i));
        break;
      default:
    }
    return model;
  }
}
