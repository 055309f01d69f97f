package io.tophash.cache;

import java.time.Duration;
import java.util.Objects;

/**
 * What a single value is stored with. Immutable.
 *
 * <pre>{@code cache.put(key, value, PutOptions.ttl(Duration.ofMinutes(1)));}</pre>
 */
public final class PutOptions {
  private static final PutOptions NONE = new PutOptions(null, null);

  private final Duration ttl;
  private final String tag;

  private PutOptions(Duration ttl, String tag) {
    this.ttl = ttl;
    this.tag = tag;
  }

  /** Nothing in particular: the value is stored as the cache's own settings say. */
  public static PutOptions none() {
    return NONE;
  }

  /**
   * The value lives so long, whatever the cache's settings say.
   *
   * @throws IllegalArgumentException if it is zero or negative
   */
  public static PutOptions ttl(Duration ttl) {
    return NONE.withTtl(ttl);
  }

  /** The same with this time to live; see {@link #ttl(Duration)}. */
  public PutOptions withTtl(Duration other) {
    return new PutOptions(Times.checkPositive("ttl", Objects.requireNonNull(other, "ttl")), tag);
  }

  /** The value goes when this tag is invalidated: {@link TophashCache#invalidateTag}. */
  public static PutOptions tag(String tag) {
    return NONE.withTag(tag);
  }

  /** The same with this tag; see {@link #tag(String)}. */
  public PutOptions withTag(String other) {
    return new PutOptions(ttl, Objects.requireNonNull(other, "tag"));
  }

  /** The tag, null if there is none. */
  String tag() {
    return tag;
  }

  /** Time to live, null if the cache's settings decide. */
  Duration ttl() {
    return ttl;
  }

  @Override
  public String toString() {
    return "PutOptions[ttl=" + ttl + ", tag=" + tag + "]";
  }
}
