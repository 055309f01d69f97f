package io.tophash.core;

import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.CopyTarget;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MemoryMode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** What is done to an open store as a whole: counted, verified, compacted, copied. */
final class WholeStore {
  private final StoreEngine engine;

  WholeStore(StoreEngine engine) {
    this.engine = engine;
  }

  HashStats stats() {
    engine.beginRead();
    long buckets = 1L << engine.table.b();
    return new HashStats(
        engine.file.path(),
        MemoryMode.current().name(),
        engine.header.keyCodec,
        engine.header.valueCodec,
        engine.table.count(),
        engine.allocator.limitBytes(),
        engine.allocator.freeBytes(),
        buckets,
        engine.table.noverflow(),
        (double) engine.table.count() / buckets,
        engine.table.isGrowing(),
        engine.table.evacuatedBuckets(),
        engine.table.oldBuckets(),
        engine.file.trouble());
  }

  VerifyReport verify() {
    engine.beginRead();
    try {
      return Verification.run(engine.table, VerifyProgress.NONE);
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  /** Writes everything back to the storage device and waits. */
  void force() {
    engine.change(
        () -> {
          try {
            engine.memory.force(engine.allocator.limitBytes());
            engine.forced = true;
          } catch (UncheckedIOException e) {
            throw new StoreException("cannot write the store back, store=" + engine.file.path(), e);
          }
        });
  }

  /** Gives free space back: moves what lies high, then cuts the file. */
  void compact() {
    engine.change(
        () -> {
          engine.growth.compactAll(ThreadLocalRandom.current().nextLong());
          engine.allocator.trim(engine.table.endOfArrays());
        });
  }

  /** Copies the file as it is: between two operations it is a whole store. */
  void backup(Path target) {
    engine.whileUnchanged(
        () -> {
          try (CopyTarget copy = CopyTarget.begin(target)) {
            copy.fill(engine.memory, engine.allocator.limitBytes());
            copy.clear(HeaderLayout.SUMS); // which stand behind what is copied
            CrashPoint.reached("backup.copied");
            copy.publish(HeaderLayout.UNCLEAN);
          }
        });
  }
}
