package io.tophash.sync;

import io.tophash.core.VerifyReport;
import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.ForgottenClose;
import io.tophash.sync.attach.Cores;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.entry.OpenTable;
import io.tophash.sync.entry.Tables;
import io.tophash.sync.shard.StoreVerifier;
import io.tophash.sync.upkeep.Backup;
import io.tophash.sync.upkeep.Compaction;
import io.tophash.sync.upkeep.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** One open call on a {@link SyncCore}. */
final class CoreAttachment implements Attachment {
  private final SyncCore core;
  private final Tables tables;
  private final OpenTable table;
  private final boolean temporary;
  private final ForgottenClose watch;
  private final AtomicBoolean closed = new AtomicBoolean();

  CoreAttachment(SyncCore core, Tables tables, boolean temporary) {
    this.core = core;
    this.tables = tables;
    this.table = tables.open();
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
    return table.isReadOnly();
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
      return SyncStats.of(new Statistics(core), table.sizeLong());
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  @Override
  public VerifyReport verify() {
    table.checkOpen();
    try {
      return new StoreVerifier(core.shards()).run();
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  @Override
  public void force() {
    table.checkWritable();
    core.force();
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
      new Backup(core, tables).run(target);
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  @Override
  public long sizeLong() {
    return table.sizeLong();
  }
}
