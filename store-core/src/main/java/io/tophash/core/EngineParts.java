package io.tophash.core;

import io.tophash.core.alloc.BlockAllocator;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.lifecycle.OpenMark;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import io.tophash.core.table.Assigner;
import io.tophash.core.table.ClosedTable;
import io.tophash.core.table.Growth;
import io.tophash.core.table.LoadFactor;
import io.tophash.core.table.Recovery;
import io.tophash.core.table.Table;
import io.tophash.core.table.TableContext;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a {@link StoreEngine} is made of, and how it comes about: the file is made or looked at,
 * what a killed process left is settled, what a stop of the machine may have lost is verified, and
 * the file is marked as open.
 */
final class EngineParts {
  final StoreHeader header;
  final BucketLayout layout;
  final MappedMemory memory;
  final OpenMark mark;
  final BlockAllocator allocator;
  final TableContext context;
  final Table table;
  final Assigner assigner;
  final Growth growth;

  /** True if the file was forced before it was closed. */
  final boolean wasForced;

  private final StoreFile file;

  /**
   * Opens the store of a file, or makes it.
   *
   * @throws io.tophash.core.errors.IncompatibleStoreException if it is another one than requested
   */
  EngineParts(HashRequest request, StoreFile file) {
    this.file = file;
    this.layout = request.layout();
    boolean isNew = file.isNew();
    if (isNew) {
      header = request.newHeader();
    } else {
      header = StoreHeader.parse(file.readHead(HeaderLayout.BYTES), file.path());
      request.check(header);
    }
    memory = file.map(header.windowShift);
    mark = new OpenMark(memory);
    if (isNew) {
      BlockAllocator.format(file, memory);
      // Before the magic: a header that says what it is never says that it was closed.
      mark.putOpen();
      format(request);
      CrashPoint.reached("create.formatted");
    }
    boolean isClosed = !mark.isOpen() && !mark.mayHaveLostWrites();
    ClosedTable closed = isClosed ? ClosedTable.read(file, memory) : null;
    if (closed != null) {
      closed.checkHeader();
    }
    allocator = new BlockAllocator(file, memory);
    context =
        new TableContext(memory, allocator, layout, request.hashes, request.keyCodec.fixedSize());
    boolean unclean = mark.isOpen();
    wasForced = mark.isClean();
    boolean machineStopped = mark.mayHaveLostWrites();
    if (file.isReadOnly()) {
      refuseUnsettled();
    } else if (unclean) {
      Recovery.run(context);
    }
    table = new Table(context);
    if (closed != null) {
      closed.attach(table, request.verifyReads);
    }
    assigner = new Assigner(table);
    growth = new Growth(table, assigner);
    if (machineStopped) {
      Verification.afterMachineStop(table, file.path(), request.verifyProgress);
    }
    if (isClosed && closed == null && ClosedTable.isSaidOf(memory)) {
      Verification.withoutSums(table, request.verifyProgress);
    }
    if (!file.isReadOnly()) {
      CrashPoint.reached("open.settled");
      // In this order: sums that are said to be there and are not have the store verified.
      allocator.cutTail();
      ClosedTable.forget(memory);
      mark.putOpen();
      if (wasForced) {
        // What follows may reach the device in any order, but after this.
        memory.force(HeaderLayout.BYTES);
      }
      CrashPoint.reached("open.marked");
    }
    if (isNew) {
      file.publish();
      CrashPoint.reached("create.published");
    }
  }

  private void format(HashRequest request) {
    byte[] sealed = header.toBytes();
    memory.putBytes(0, sealed, 0, sealed.length);
    int b = LoadFactor.bForHint(request.expectedEntries, layout.bytes(), request.maxBytes);
    Table.format(memory, b, ThreadLocalRandom.current().nextLong());
  }

  private void refuseUnsettled() {
    if (Recovery.isNeeded(memory)) {
      throw new UnsettledStoreException(
          "the last writer was killed in the middle of an operation and a read-only opener may not"
              + " settle it; open the store for writing once, store="
              + file.path());
    }
  }
}
