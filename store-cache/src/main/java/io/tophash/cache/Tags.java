package io.tophash.cache;

import io.tophash.sync.CacheStore;
import java.util.function.Function;

/**
 * The tags of values: which one a value gets, and what the tag's word is. An entry remembers the
 * word and is present as long as it is still that. So whatever a value is made of must be read
 * after the word. Thread-safe.
 *
 * @param <K> type of the keys
 */
final class Tags<K> {
  /** What an entry without a tag has in place of {@link Stored#tag(int, long)}. */
  static final long NONE = -1;

  private final CacheStore<K, ?> cache;

  /** Null if values have only the tags that they are stored with. */
  private final Function<? super K, String> ofKeys;

  Tags(CacheStore<K, ?> cache, Function<? super K, String> ofKeys) {
    this.cache = cache;
    this.ofKeys = ofKeys;
  }

  /** Number of the word of a tag; other tags may have the same. */
  static int index(String tag) {
    int hash = tag.hashCode() * 0x9E37_79B9;
    return (hash >>> 16 ^ hash) & CacheStore.tags() - 1;
  }

  /** What an entry remembers that is stored with these options, of a value that is made later. */
  long now(K key, PutOptions options) {
    String tag = options.tag() != null ? options.tag() : ofKey(key);
    return tag == null ? NONE : now(index(tag));
  }

  private String ofKey(K key) {
    return ofKeys == null ? null : ofKeys.apply(key);
  }

  private long now(int index) {
    return Stored.tag(index, cache.tag(index));
  }

  /** The words as they are now, for values of keys that are not known yet. */
  Moment moment() {
    if (ofKeys == null) {
      return new Moment(null);
    }
    long[] words = new long[CacheStore.tags()];
    for (int i = 0; i < words.length; i++) {
      words[i] = now(i);
    }
    return new Moment(words);
  }

  /** What the words were. */
  final class Moment {
    private final long[] words;

    private Moment(long[] words) {
      this.words = words;
    }

    /** What an entry of this key remembers, of a value that was made after the moment. */
    long of(K key) {
      String tag = ofKey(key);
      return tag == null ? NONE : words[index(tag)];
    }
  }
}
