package io.tophash.sync.entry;

/** What an operation does to the slot of a key; the Go method that it stands for is named. */
enum Change {
  /** Load: changes nothing. */
  LOOKUP(false, false, false),
  /** Store, Swap. */
  SET(true, false, true),
  /** LoadOrStore. */
  SET_IF_ABSENT(true, false, false),
  /** No counterpart: {@code replace(key, value)}. */
  SET_IF_PRESENT(false, false, false),
  /** CompareAndSwap. */
  SET_IF_EQUAL(false, true, false),
  /** LoadAndDelete, Delete. */
  REMOVE(false, false, false),
  /** CompareAndDelete. */
  REMOVE_IF_EQUAL(false, true, false),
  /** No counterpart: adds to a number; an absent key counts as 0. */
  ADD(true, false, true);

  /** True if it makes an entry for an absent key. */
  final boolean inserts;

  /** True if it depends on the present value. */
  final boolean compares;

  /** True if it applies to whatever is there. */
  final boolean always;

  Change(boolean inserts, boolean compares, boolean always) {
    this.inserts = inserts;
    this.compares = compares;
    this.always = always;
  }

  boolean removes() {
    return this == REMOVE || this == REMOVE_IF_EQUAL;
  }

  /**
   * True if the change applies to a slot in this state.
   *
   * @param present true if the slot has a value
   * @param equal true if that is the expected one
   */
  boolean applies(boolean present, boolean equal) {
    switch (this) {
      case SET:
      case ADD:
        return true;
      case LOOKUP:
        return false;
      case SET_IF_ABSENT:
        return !present;
      case SET_IF_EQUAL:
      case REMOVE_IF_EQUAL:
        return present && equal;
      default:
        return present;
    }
  }
}
