package io.tophash.sync.crash;

import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What an operation makes of a map, which is found out when somebody looks at it: of thousands of
 * operations hardly any is followed by a power cut.
 */
final class LaterState extends AbstractMap<Long, Long> {
  private Map<Long, Long> before; // null, as the operation, once it is made
  private Op op;
  private Map<Long, Long> made;

  private LaterState(Map<Long, Long> before, Op op) {
    this.before = before;
    this.op = op;
  }

  /** The state behind an operation; nobody may change the one before it. */
  static Map<Long, Long> of(Map<Long, Long> before, Op op) {
    return op.isNeutral() ? before : new LaterState(before, op);
  }

  private Map<Long, Long> made() {
    if (made == null) {
      Deque<LaterState> missing = new ArrayDeque<>();
      Map<Long, Long> known = this;
      while (known instanceof LaterState later) {
        if (later.made != null) {
          known = later.made;
        } else {
          missing.push(later);
          known = later.before;
        }
      }
      Map<Long, Long> state = new HashMap<>(known);
      missing.forEach(later -> later.op.change(state));
      made = state;
      before = null;
      op = null;
    }
    return made;
  }

  @Override
  public Set<Entry<Long, Long>> entrySet() {
    return made().entrySet();
  }

  @Override
  public Long get(Object key) {
    return made().get(key);
  }

  @Override
  public boolean containsKey(Object key) {
    return made().containsKey(key);
  }

  @Override
  public int size() {
    return made().size();
  }
}
