package io.tophash.core.errors;

/**
 * The bytes of a store contradict its format: it was truncated, overwritten or damaged. The message
 * names the section and the position. Nothing was changed in the file.
 */
public class CorruptStoreException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param section the part of the format that is broken, e.g. {@code "header"} or {@code "bucket"}
   * @param position where it is, in bytes from the start of the file
   * @param problem what is wrong with it
   */
  public CorruptStoreException(String section, long position, String problem) {
    super(
        "corrupt store: "
            + problem
            + ", section="
            + section
            + " position="
            + position
            + "; the file was not changed: run `tophash verify` for the extent of the damage;"
            + " restore a copy, or save what is whole with `tophash recover`");
  }
}
