package io.tophash.core;

import io.tophash.core.alloc.BlockAllocator;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.lifecycle.OpenMark;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.ForgottenClose;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.MemoryMode;
import io.tophash.core.memory.StoreFile;
import io.tophash.core.memory.StorePaths;
import io.tophash.core.table.Assigner;
import io.tophash.core.table.ClosedTable;
import io.tophash.core.table.Growth;
import io.tophash.core.table.Recovery;
import io.tophash.core.table.Table;
import io.tophash.core.table.TableContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ConcurrentModificationException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An open store without its types: the file, its table, its lifecycle, and the detection of
 * concurrent misuse (the {@code hashWriting} flag of Go's map).
 *
 * <p><b>One change at a time.</b> A change begins with a compare and set of the state and ends with
 * a release of it, so that no two are ever under way, whatever threads do; and a lookup writes to
 * nothing that a change reads. So misuse can make lookups fail or answer wrongly, never the file
 * wrong.
 *
 * <p><b>What a change throws.</b> Whoever catches it first stores {@link #FAILED} into {@link
 * #state}, which needs no stack and cannot fail, and then calls {@link #settle}. Whatever comes of
 * that, the next operation finds either nothing to settle, or the state, and then recovers as an
 * open does after a kill: the file says what was done and what was not. So there is nothing to
 * clean up anywhere else, and no clean-up that can fail.
 *
 * <pre>
 *           beginWrite: CAS             endWrite: release
 *   IDLE ------------------&gt; WRITING ------------------&gt; IDLE
 *    |                          | anything thrown
 *    |                          v
 *    |                        FAILED --settle: nothing is owed--&gt; IDLE
 *    |                          | next operation: CAS
 *    |                          v
 *    |                       WRITING, recovery, IDLE; or FAILED again
 *    +--- backup: CAS ---&gt; COPYING ---&gt; IDLE       (lookups go on)
 *    +--- close, from WRITING as well ---&gt; CLOSED
 * </pre>
 */
final class StoreEngine implements AutoCloseable {
  private static final int IDLE = 0;
  private static final int WRITING = 1;

  /** A change has thrown; what it left may have to be settled. */
  static final int FAILED = 2;

  private static final int COPYING = 3;
  private static final int CLOSED = 4;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(StoreEngine.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Bytes that a close may move to give space back: a tenth of a second.
  private static final long COMPACT_ON_CLOSE_BYTES = 256L << 20;

  final MappedMemory memory;
  final BlockAllocator allocator;
  final Table table;
  final Assigner assigner;
  final Growth growth;
  final BucketLayout layout;
  final boolean verifiesReads;

  final StoreFile file;
  final StoreHeader header;
  private final OpenMark mark;
  private final boolean temporary;
  private final TableContext context;
  private ForgottenClose watch;

  /** See above. Lookups read it plainly, which detects misuse on a best effort. */
  int state = IDLE;

  /** True if nothing was changed since all was written back. */
  boolean forced;

  private boolean released;

  static StoreEngine open(HashRequest request) {
    MemoryMode.current();
    StoreFile file = StoreFile.open(request.path, request.readOnly, request.maxBytes);
    boolean opened = false;
    try {
      StoreEngine engine = new StoreEngine(request, file);
      boolean temporary = request.temporary;
      engine.watch = ForgottenClose.watch(engine, file.path(), () -> release(file, temporary));
      opened = true;
      return engine;
    } catch (IndexOutOfBoundsException e) {
      throw new CorruptStoreException("store", 0, "a reference leads nowhere (" + e + ")");
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private StoreEngine(HashRequest request, StoreFile file) {
    this.file = file;
    this.temporary = request.temporary;
    EngineParts parts = new EngineParts(request, file);
    layout = parts.layout;
    verifiesReads = request.verifyReads;
    header = parts.header;
    memory = parts.memory;
    mark = parts.mark;
    allocator = parts.allocator;
    context = parts.context;
    table = parts.table;
    assigner = parts.assigner;
    growth = parts.growth;
    forced = parts.wasForced;
  }

  // --- lifecycle and misuse ----------------------------------------------------------------------

  /** Called before each read. */
  void beginRead() {
    if (state != IDLE) {
      notIdle("concurrent map read and map write", true);
    }
  }

  /** Called before each step of an iteration. */
  void beginIterate() {
    if (state != IDLE) {
      notIdle("concurrent map iteration and map write", true);
    }
  }

  /**
   * Called before each change. It ends with {@link #endWrite}; or, with whatever it throws, by
   * {@code state = FAILED} and {@link #settle}.
   */
  void beginWrite() {
    if (file.isReadOnly()) {
      beginRead();
      throw new UnsupportedOperationException(
          "the store was opened read-only, store=" + file.path());
    }
    begin(WRITING);
    if (file.trouble() != null) {
      endWrite();
      file.checkChangeable();
    }
    forced = false;
  }

  private void begin(int next) {
    // Pairs with the release of endWrite: the change before is seen whole.
    while (!STATE.compareAndSet(this, IDLE, next)) {
      notIdle("concurrent map writes", false);
    }
  }

  void endWrite() {
    STATE.setRelease(this, IDLE);
  }

  private void notIdle(String misuse, boolean reads) {
    switch (state) {
      case IDLE:
        return;
      case FAILED:
        recover();
        return;
      case CLOSED:
        throw new IllegalStateException("the store is closed, store=" + file.path());
      default:
        if (reads && state == COPYING) {
          return;
        }
        throw new ConcurrentModificationException(
            misuse
                + ": a HashStore serves one thread at a time and no calls from within its codecs;"
                + " use one thread, a lock, or a SyncStore, store="
                + file.path());
    }
  }

  /** Settles in the open store what an open settles after a kill. */
  private void recover() {
    if (!STATE.compareAndSet(this, FAILED, WRITING)) {
      return;
    }
    try {
      allocator.reload();
      Recovery.run(context);
      table.reload();
      growth.reload();
      endWrite();
    } catch (Throwable e) {
      state = FAILED;
      throw e;
    }
  }

  /**
   * Ends a change that has thrown. The state is {@link #FAILED} already, and stays so if something
   * is to be settled, or may be.
   *
   * @return what to throw instead
   */
  RuntimeException settle(Throwable e) {
    if (!(e instanceof Error) && !Recovery.isNeeded(memory)) {
      endWrite();
    }
    throw e instanceof IndexOutOfBoundsException
        ? explain((IndexOutOfBoundsException) e)
        : StoreEngine.<RuntimeException>unchecked(e);
  }

  // A codec may throw anything, declared or not.
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T unchecked(Throwable e) throws T {
    throw (T) e;
  }

  /**
   * Explains an exception of an access: the store was closed under it, or the file leads nowhere.
   */
  RuntimeException explain(IndexOutOfBoundsException e) {
    RuntimeException explained =
        state == CLOSED
            ? new IllegalStateException("the store was closed meanwhile, store=" + file.path())
            : new CorruptStoreException("store", 0, "a reference leads nowhere (" + e + ")");
    explained.initCause(e);
    return explained;
  }

  boolean isClosed() {
    return state == CLOSED;
  }

  Path path() {
    return file.path();
  }

  /** Runs a change that gives nothing back. */
  void change(Runnable action) {
    beginWrite();
    try {
      action.run();
      endWrite();
    } catch (Throwable e) {
      state = FAILED;
      throw settle(e);
    }
  }

  /** Runs an action that only reads, while nobody changes anything. */
  void whileUnchanged(Runnable action) {
    begin(COPYING);
    try {
      action.run();
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    } finally {
      state = IDLE;
    }
  }

  @Override
  public void close() {
    if (state != CLOSED) {
      if (file.isReadOnly()) {
        beginRead();
      } else {
        settleForGood();
      }
      STATE.setRelease(this, CLOSED);
    }
    if (!released) {
      watch.closed();
      release(file, temporary);
      released = true;
    }
  }

  private void settleForGood() {
    try {
      begin(WRITING);
    } catch (CorruptStoreException e) {
      // What was left cannot be settled: the next open says so again.
      state = CLOSED;
      close();
      throw e;
    }
    try {
      growth.shrink();
      if (allocator.freeBytes() > allocator.limitBytes() / 4) {
        if (table.count() == 0) {
          growth.clear(ThreadLocalRandom.current().nextLong());
        } else {
          growth.compact(COMPACT_ON_CLOSE_BYTES);
        }
      }
      allocator.trim(table.endOfArrays());
      CrashPoint.reached("close.trimmed");
      if (!temporary) {
        ClosedTable.write(table, file, allocator.limitBytes());
        CrashPoint.reached("close.summed");
      }
      if (forced) {
        // All of it: what was moved and freed just now comes after the caller's force.
        file.force();
      }
      mark.putClosed(forced);
      CrashPoint.reached("close.marked");
    } catch (Throwable e) {
      state = FAILED;
      throw settle(e);
    }
  }

  /** Also what is done to a store that was forgotten, as after a kill. */
  private static void release(StoreFile file, boolean temporary) {
    file.close();
    if (temporary) {
      StorePaths.delete(file.path());
    }
  }
}
