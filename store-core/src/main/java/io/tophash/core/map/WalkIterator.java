package io.tophash.core.map;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** Iterator over a walk; {@code hasNext} reaches the next entry. */
final class WalkIterator<K, V, T> implements Iterator<T> {
  private final Entries<K, V> entries;
  private final EntryWalk<K, V> walk;
  private final Function<EntryWalk<K, V>, T> result;
  private boolean reached;
  private boolean over;
  private K last;

  WalkIterator(Entries<K, V> entries, Function<EntryWalk<K, V>, T> result) {
    this.entries = entries;
    this.walk = entries.newWalk();
    this.result = result;
  }

  @Override
  public boolean hasNext() {
    if (!reached && !over) {
      reached = walk.advance();
      over = !reached;
    }
    return reached;
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the iteration is over");
    }
    walk.refresh();
    reached = false;
    last = walk.key();
    return result.apply(walk);
  }

  /** Removes the key, whatever its value is by now. */
  @Override
  public void remove() {
    if (last == null) {
      throw new IllegalStateException("next() was not called, or the entry was removed already");
    }
    entries.delete(last);
    last = null;
  }
}
