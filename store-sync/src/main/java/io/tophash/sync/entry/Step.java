package io.tophash.sync.entry;

/** How far an operation came: the states of {@link SegmentTable#run}. */
enum Step {
  /** It is over; its outcome is final. */
  DONE,

  /** The key has a slot, as far as was seen: to be changed in the guard. */
  HAS_SLOT,

  /** The key has no slot and shall get one: under the lock. */
  NO_SLOT,

  /** The segment has no room for it, or its nil is the value to be stored: to be rebuilt. */
  NO_ROOM,

  /** Somebody else has changed the slot meanwhile: to be looked at again. */
  MOVED,

  /** A checkpoint has sealed the segment, or its directory: the lock's holder copies it first. */
  SEALED,

  /** What was read decides nothing: under the lock it can be read in peace. */
  UNSURE
}
