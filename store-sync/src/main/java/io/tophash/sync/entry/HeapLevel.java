package io.tophash.sync.entry;

import io.tophash.core.map.Encoding;
import io.tophash.core.memory.MappedMemory;
import java.util.Arrays;
import java.util.Objects;

/**
 * Values of a store on the heap, in front of its file, for who reads the same keys again and again.
 * Each stands with what its lookup has {@link Seen} of the entry; a hit looks at that again, so a
 * value that anybody has replaced or removed is never returned, without any message between
 * processes.
 *
 * <p>A table of sets with a few ways each, so the number of values is bounded by its size. A key
 * finds its set by the object's own hash code, if the codec says that its objects never change;
 * else by the encoded bytes. A value whose codec does not say so is kept encoded, and decoded for
 * each caller anew. Where a set is full, a key is let in when it is asked for twice before another
 * one is, in place of one that was not hit since the hand passed it last; so a walk over many keys
 * takes little of it.
 *
 * <p>All of it is read and written by races: nodes are immutable, and each says itself which key it
 * is of. Thread-safe; lookups that hit are wait-free.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public class HeapLevel<K, V> {
  private static final int WAYS = 8;

  /** The store behind it. */
  public interface Source<K, V> {
    /** How keys are written. */
    Encoding<K> keys();

    /** How values are written. */
    Encoding<V> values();

    /** The memory in which entries are seen. */
    MappedMemory memory();

    /** Refuses what comes after the close. */
    void checkOpen();

    /** Reads a key; null if it is absent. */
    V read(Object key);

    /** Reads a key with what can be seen of its entry. */
    Sight sight(Object key);

    /** The entry of a hash was hit on the heap; its slot is this. */
    void hit(long hash, Seen seen, int slot);
  }

  /**
   * What was read.
   *
   * @param hash of the key
   * @param encoded the value, a fresh array; null if the key is absent
   * @param seen of the entry while it had this value; null if nothing is certain
   */
  public record Sight(long hash, byte[] encoded, Seen seen) {}

  /** A value on the heap. */
  private static final class Node extends Seen {
    private final Object key;
    private final Object value;
    private final long keyHash;

    Node(Seen seen, Object key, Object value, long keyHash) {
      super(seen);
      this.key = key;
      this.value = value;
      this.keyHash = keyHash;
    }
  }

  /** The bytes of a key whose object may change. */
  private static final class Bytes {
    private final byte[] bytes;

    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes && Arrays.equals(bytes, ((Bytes) other).bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  private final Source<K, V> source;
  private final MappedMemory memory;
  private final Encoding<K> keys;
  private final Encoding<V> values;
  private final boolean keysAreShared;
  private final boolean valuesAreShared;
  private final int sets;
  private final int ways;
  private final Node[] nodes;
  // Of the node at the same index, most of the time: a hint which nodes to look at.
  private final int[] hashes;
  // Not 0 if it was hit since the hand passed by.
  private final byte[] hit;
  // Of each set the hash of the key that was asked for last in vain, and where the hand stands.
  private final int[] asked;
  private final byte[] hands;

  /**
   * @param source the store behind it
   * @param capacity how many values at most, 1 or more
   */
  public HeapLevel(Source<K, V> source, int capacity) {
    this.source = source;
    this.memory = source.memory();
    this.keys = source.keys();
    this.values = source.values();
    this.keysAreShared = keys.codec().isImmutable();
    this.valuesAreShared = values.codec().isImmutable();
    this.ways = Math.min(WAYS, capacity);
    this.sets = capacity / ways;
    this.nodes = new Node[sets * ways];
    this.hashes = new int[sets * ways];
    this.hit = new byte[sets * ways];
    this.asked = new int[sets];
    this.hands = new byte[sets];
  }

  /** Number of values that it has room for. */
  public final int capacity() {
    return nodes.length;
  }

  /**
   * True if the entry still is what it was.
   *
   * @param slot what {@link Seen#look} has said
   */
  protected boolean isCurrent(int slot) {
    return slot != Seen.CHANGED;
  }

  /** The value of a key, from the heap or the file; null if it is absent. */
  final V get(Object key) {
    source.checkOpen();
    Objects.requireNonNull(key, "key");
    Object own = keysAreShared ? key : new Bytes(keys.bytes(key));
    int hash = spread(own.hashCode());
    int set = (int) ((hash & 0xFFFF_FFFFL) * sets >>> Integer.SIZE);
    int first = set * ways;
    for (int i = first; i < first + ways; i++) {
      if (hashes[i] == hash) {
        Node node = nodes[i];
        if (node != null && node.key.equals(own)) {
          int slot = node.look(memory);
          memory.keepAlive();
          if (isCurrent(slot)) {
            if (hit[i] == 0) {
              hit[i] = 1;
            }
            source.hit(node.keyHash, node, slot);
            return valueOf(node.value);
          }
          return load(key, own, hash, i);
        }
      }
    }
    int place = place(set, hash);
    return place < 0 ? source.read(key) : load(key, own, hash, place);
  }

  private static int spread(int hash) {
    int mixed = hash * 0x9E37_79B9;
    return mixed ^ mixed >>> 15;
  }

  /** Where in its set a key is to be kept; -1 if it is not. */
  private int place(int set, int hash) {
    int first = set * ways;
    for (int i = first; i < first + ways; i++) {
      if (nodes[i] == null) {
        return i;
      }
    }
    if (asked[set] != hash) {
      asked[set] = hash;
      return -1;
    }
    int hand = hands[set];
    for (int step = 0; step < ways; step++) {
      hand = hand + 1 >= ways ? 0 : hand + 1;
      if (hit[first + hand] == 0) {
        break;
      }
      hit[first + hand] = 0;
    }
    hands[set] = (byte) hand;
    return first + hand;
  }

  /** Reads the file, and keeps what it says. */
  private V load(Object key, Object own, int hash, int place) {
    Sight sight = source.sight(key);
    byte[] encoded = sight.encoded();
    if (encoded == null) {
      nodes[place] = null;
      return null;
    }
    V value = null;
    Object kept = encoded;
    if (valuesAreShared) {
      value = values.readFresh(encoded);
      kept = value;
    }
    if (sight.seen() != null) {
      nodes[place] = new Node(sight.seen(), kept(own), kept, sight.hash());
      hashes[place] = hash;
      hit[place] = 0;
    }
    return valuesAreShared ? value : valueOf(encoded);
  }

  /** The key as it can be kept. */
  private Object kept(Object own) {
    return keysAreShared ? own : new Bytes(((Bytes) own).bytes.clone());
  }

  @SuppressWarnings("unchecked")
  private V valueOf(Object kept) {
    if (valuesAreShared) {
      return (V) kept;
    }
    byte[] encoded = (byte[]) kept;
    return values.isArray() ? values.readFresh(encoded.clone()) : values.read(encoded);
  }
}
