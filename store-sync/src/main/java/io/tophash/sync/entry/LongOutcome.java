package io.tophash.sync.entry;

/** What a change of an inline entry met, and what it did. */
public final class LongOutcome {
  /** True if the key had a value. */
  boolean present;

  /** That value; 0 if there was none. */
  long previous;

  /** The value that the change stored, or would have if nil were another. */
  long stored;

  /** True if the change was made. */
  boolean changed;

  /** The segment word under which the key was last looked up. */
  long seenWord;

  /** Its cell under that word; not above 0 if it was not found. */
  long seenCell;
}
