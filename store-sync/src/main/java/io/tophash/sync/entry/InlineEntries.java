package io.tophash.sync.entry;

import io.tophash.core.codec.Codec;
import io.tophash.core.map.CallerBuffer;
import io.tophash.core.map.Encoding;
import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.log.LogWait;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/** The typed face of an {@link InlineTable}. */
public final class InlineEntries<K, V> implements Entries<K, V> {
  /** Stands for absent in the plain lookup; should it be a value, a second lookup tells. */
  private static final long RARE = SegmentLayout.USUAL_NIL;

  private final InlineTable table;
  private final InlineForm<K> keys;
  private final InlineForm<V> values;

  InlineEntries(InlineTable table, Codec<K> keyCodec, Codec<V> valueCodec) {
    this.table = table;
    this.keys = new InlineForm<>(keyCodec, "key");
    this.values = new InlineForm<>(valueCodec, "value");
  }

  @Override
  public Encoding<K> keys() {
    return keys.encoding();
  }

  @Override
  public Encoding<V> values() {
    return values.encoding();
  }

  @Override
  public V get(Object key) {
    long keyWord = keys.toLong(key);
    long word = table.get(keyWord, RARE);
    if (word == RARE) {
      LongOp op = table.lookup(keyWord);
      if (!op.present) {
        return null;
      }
      word = op.previous;
    }
    return values.fromLong(word);
  }

  @Override
  public boolean containsKey(Object key) {
    return table.containsKey(keys.toLong(key));
  }

  private LongOp change(Change change, Object key, long operand, long expected) {
    return table.change(change, keys.toLong(key), operand, expected);
  }

  private V previous(LongOp op) {
    return op.present ? values.fromLong(op.previous) : null;
  }

  @Override
  public V put(K key, V value) {
    return previous(change(Change.SET, key, values.toLong(value), 0));
  }

  @Override
  public void set(K key, V value) {
    table.set(keys.toLong(key), values.toLong(value));
  }

  @Override
  public void setAll(Map<? extends K, ? extends V> entries) {
    if (entries.size() < HashParts.WORTH_IT) {
      table.together(
          later ->
              entries.forEach(
                  (key, value) -> table.set(keys.toLong(key), values.toLong(value), later)));
    } else {
      table.together(later -> setMany(entries, later));
    }
  }

  /** In pieces, of which the table puts each in order. */
  private void setMany(Map<? extends K, ? extends V> entries, LogWait later) {
    long[] someKeys = new long[Math.min(HashParts.MOST, entries.size())];
    long[] someValues = new long[someKeys.length];
    int count = 0;
    for (Map.Entry<? extends K, ? extends V> entry : entries.entrySet()) {
      someKeys[count] = keys.toLong(entry.getKey());
      someValues[count++] = values.toLong(entry.getValue());
      if (count == someKeys.length) {
        table.putAll(someKeys, someValues, later);
        count = 0;
      }
    }
    table.putAll(Arrays.copyOf(someKeys, count), Arrays.copyOf(someValues, count), later);
  }

  @Override
  public long fillOrder(K key) {
    return table.fillOrder(keys.toLong(key));
  }

  @Override
  public V putIfAbsent(K key, V value) {
    return previous(change(Change.SET_IF_ABSENT, key, values.toLong(value), 0));
  }

  @Override
  public V remove(Object key) {
    return previous(change(Change.REMOVE, key, 0, 0));
  }

  @Override
  public boolean delete(Object key) {
    return change(Change.REMOVE, key, 0, 0).changed;
  }

  @Override
  public boolean remove(Object key, Object value) {
    return change(Change.REMOVE_IF_EQUAL, key, 0, values.toLong(value)).changed;
  }

  @Override
  public V replace(K key, V value) {
    return previous(change(Change.SET_IF_PRESENT, key, values.toLong(value), 0));
  }

  @Override
  public boolean replace(K key, V expected, V value) {
    return change(Change.SET_IF_EQUAL, key, values.toLong(value), values.toLong(expected)).changed;
  }

  @Override
  public byte[] getEncoded(Object key) {
    LongOp op = table.lookup(keys.toLong(key));
    return op.present ? values.encoded(op.previous) : null;
  }

  @Override
  public boolean replaceEncoded(K key, byte[] expected, V value) {
    Long word = values.ofEncoded(expected);
    return word != null && change(Change.SET_IF_EQUAL, key, values.toLong(value), word).changed;
  }

  @Override
  public boolean removeEncoded(Object key, byte[] expected) {
    Long word = values.ofEncoded(expected);
    return word != null && change(Change.REMOVE_IF_EQUAL, key, 0, word).changed;
  }

  @Override
  public int getInto(Object key, ByteBuffer target) {
    long k = keys.toLong(key);
    long word = table.get(k, RARE);
    if (word == RARE) {
      // Nearly always absent; else the value is just this, and not the other.
      word = table.get(k, ~RARE);
      if (word == ~RARE) {
        return -1;
      }
    }
    int bytes = values.bytes();
    CallerBuffer.checkRoom(bytes, target.remaining());
    for (int i = 0; i < bytes; i++) {
      target.put((byte) (word >>> 8 * i));
    }
    return bytes;
  }

  @Override
  public boolean containsValue(Object value) {
    long word = values.toLong(value);
    InlineWalk walk = table.newWalk();
    while (walk.advance()) {
      if (walk.value() == word) {
        return true;
      }
    }
    return false;
  }

  @Override
  public EntryWalk<K, V> newWalk() {
    InlineWalk walk = table.newWalk();
    return new EntryWalk<>() {
      @Override
      public boolean advance() {
        return walk.advance();
      }

      @Override
      public K key() {
        return keys.fromLong(walk.key());
      }

      @Override
      public V value() {
        return values.fromLong(walk.value());
      }
    };
  }

  @Override
  public void clear() {
    table.clear();
  }

  @Override
  public long sizeLong() {
    return table.sizeLong();
  }
}
