package io.tophash.sync;

import io.tophash.core.VerifyReport;
import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.ForgottenClose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** One open call on a {@link SyncCore}. */
final class CoreAttachment implements Attachment {
  private final SyncCore core;
  private final SegmentTable table;
  private final boolean temporary;
  private final ForgottenClose watch;
  private final AtomicBoolean closed = new AtomicBoolean();

  CoreAttachment(SyncCore core, SegmentTable table, boolean temporary) {
    this.core = core;
    this.table = table;
    this.temporary = temporary;
    // Stores, views and iterators all hold the table; the core does not.
    this.watch = ForgottenClose.watch(table, core.path(), () -> release(core, temporary));
  }

  @Override
  public Path path() {
    table.checkOpen();
    return core.path();
  }

  @Override
  public boolean isReadOnly() {
    return table.readOnly;
  }

  @Override
  public boolean isClosed() {
    return closed.get();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    table.close();
    watch.closed();
    release(core, temporary);
  }

  private static void release(SyncCore core, boolean temporary) {
    Cores.release(core);
    if (temporary) {
      try {
        Files.deleteIfExists(core.path());
        Files.deleteIfExists(core.lockPath());
        Cores.forget(core.path());
      } catch (IOException e) {
        throw new StoreException("cannot delete the temporary store, store=" + core.path(), e);
      }
    }
  }

  @Override
  public SyncStats stats() {
    table.checkOpen();
    try {
      return Statistics.of(core, table);
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  @Override
  public VerifyReport verify() {
    table.checkOpen();
    try {
      return new SyncVerifier(core).run();
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  @Override
  public void force() {
    table.checkWritable();
    try {
      core.file().force();
    } catch (UncheckedIOException e) {
      throw new StoreException("cannot write the store back, store=" + core.path(), e);
    }
  }

  @Override
  public void compact() {
    table.checkWritable();
    try {
      new Compaction(core, table).run();
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  @Override
  public void backup(Path target) {
    table.checkOpen();
    try {
      new Backup(core, table).run(target);
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  @Override
  public long sizeLong() {
    return table.sizeLong();
  }
}
