package io.tophash.sync.crash;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** An operation on a store and on the model of it. */
record Op(What what, long key, long value) {
  /** What is done. */
  enum What {
    SET,
    ABSENT,
    REPLACE,
    REMOVE,
    CLEAR,
    /** Looks the key up so often that its segment is promoted with the next write. */
    READ,
    VERIFY,
    COMPACT,
    /** Sets while a snapshot is open, and reads all of that. */
    SNAPSHOT,
    /** Waits for a checkpoint. */
    FORCE,
    /** Closes the store and opens it again. */
    REOPEN
  }

  private static final Set<What> NEUTRAL =
      EnumSet.of(What.READ, What.VERIFY, What.COMPACT, What.FORCE, What.REOPEN);

  static Op set(long key, long value) {
    return new Op(What.SET, key, value);
  }

  static Op remove(long key) {
    return new Op(What.REMOVE, key, 0);
  }

  static Op of(What what) {
    return new Op(what, 0, 0);
  }

  /** All but REOPEN. */
  void run(Target<?, ?> target, Map<Long, Long> model) {
    switch (what) {
      case SET:
        target.set(key, value);
        break;
      case ABSENT:
        target.putIfAbsent(key, value);
        break;
      case REPLACE:
        target.replace(key, model.getOrDefault(key, 0L), value);
        break;
      case REMOVE:
        target.delete(key);
        break;
      case CLEAR:
        target.clear();
        break;
      case READ:
        for (int i = 0; i < value; i++) {
          target.get(key);
        }
        break;
      case VERIFY:
        target.verify();
        break;
      case COMPACT:
        target.store.compact();
        break;
      case SNAPSHOT:
        try (Target<?, ?> then = target.snapshot()) {
          Map<Long, Long> before = then.entries();
          target.set(key, value);
          if (!then.entries().equals(before)) {
            throw new IllegalStateException("the snapshot has changed");
          }
        }
        break;
      case FORCE:
        target.store.force();
        break;
      default:
    }
  }

  /** True if it leaves all entries as they are. */
  boolean isNeutral() {
    return NEUTRAL.contains(what);
  }

  /** The model after it. */
  Map<Long, Long> after(Map<Long, Long> model) {
    if (isNeutral()) {
      return model;
    }
    Map<Long, Long> after = new HashMap<>(model);
    change(after);
    return after;
  }

  /** Does to a model what it does to the store, if it is not neutral. */
  void change(Map<Long, Long> model) {
    switch (what) {
      case SET:
      case SNAPSHOT:
        model.put(key, value);
        break;
      case ABSENT:
        model.putIfAbsent(key, value);
        break;
      case REPLACE:
        model.replace(key, value);
        break;
      case REMOVE:
        model.remove(key);
        break;
      default:
        model.clear();
    }
  }
}
