package io.tophash.bench.shot;

import io.tophash.bench.data.Chain;
import io.tophash.bench.data.Keys;
import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import io.tophash.bench.store.AnyStore;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.LongStore;
import io.tophash.bench.store.RecordStore;
import io.tophash.bench.store.StoreKind;

/** The entries of a single shot, of one shape, and the store that they go to. */
interface Entries {
  /** A closed store, which the other methods use from now on. */
  AnyStore make();

  /** Puts all entries into the open store. */
  void fill();

  /** Puts one entry; ends no batch. */
  void put(int index);

  /** Removes one entry; ends no batch. */
  void remove(int index);

  /** True if the entry is in the open store as it was put. */
  boolean has(int index);

  /** Checksum over all entries. */
  long checksum();

  /** As many entries as warm a JVM up, without much memory. */
  default int warmUpEntries() {
    return Integer.MAX_VALUE;
  }

  /** The same shape with another number of entries. */
  Entries with(int entries);

  /** Long to long. */
  final class Longs implements Entries {
    private final StoreKind kind;
    private final Chain chain;
    private LongStore store;

    Longs(StoreKind kind, int entries) {
      this.kind = kind;
      this.chain = new Chain(entries);
    }

    @Override
    public AnyStore make() {
      store = kind.makeLongs();
      return store;
    }

    @Override
    public void fill() {
      Filler.fill(store, chain);
    }

    @Override
    public void put(int index) {
      store.put(chain.key(index), chain.value(index));
    }

    @Override
    public void remove(int index) {
      store.remove(chain.key(index));
    }

    @Override
    public boolean has(int index) {
      long value = store.get(chain.key(index));
      return value != Keys.MISSING && value == chain.value(index);
    }

    @Override
    public long checksum() {
      return chain.checksum();
    }

    @Override
    public Entries with(int entries) {
      return new Longs(kind, entries);
    }
  }

  /** Keys to arrays of bytes. */
  final class Arrays<K> implements Entries {
    private static final int WARM_UP_BYTES = 64 << 20;

    private final StoreKind kind;
    private final RecordShape<K> shape;
    private final int entries;
    private final byte[] value;
    private RecordStore<K> store;

    Arrays(StoreKind kind, RecordShape<K> shape, int entries) {
      this.kind = kind;
      this.shape = shape;
      this.entries = entries;
      this.value = new byte[shape.valueBytes()];
    }

    @Override
    public AnyStore make() {
      store = kind.makeRecords(shape);
      return store;
    }

    @Override
    public void fill() {
      Filler.fill(store, shape, entries);
    }

    @Override
    public void put(int index) {
      Records.valueInto(index, 0, value);
      store.put(shape.key(index), value);
    }

    @Override
    public void remove(int index) {
      store.remove(shape.key(index));
    }

    @Override
    public boolean has(int index) {
      Records.valueInto(index, 0, value);
      return store.get(shape.key(index)) == Records.fold(value);
    }

    @Override
    public long checksum() {
      return shape.checksum(entries);
    }

    @Override
    public int warmUpEntries() {
      return WARM_UP_BYTES / shape.entryBytes();
    }

    @Override
    public Entries with(int other) {
      return new Arrays<>(kind, shape, other);
    }
  }
}
