package io.tophash.sync.attach;

import io.tophash.core.memory.StoreFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The stores that this JVM has attached. A second open of a store shares the first one's mapping
 * and row; a read-only one shares that of a writer, but not the other way round.
 *
 * <p>Opens and closes of one store wait for each other; those of different stores do not.
 */
public final class Cores {
  private static final class Shared {
    private final SyncCore core;
    private int users = 1;

    private Shared(SyncCore core) {
      this.core = core;
    }
  }

  /** What this JVM has of one path, and the lock for that; goes when all is closed. */
  private static final class Gate {
    private Shared writer;
    private Shared reader;
  }

  private static final Map<Path, Gate> GATES = new ConcurrentHashMap<>();

  /** All that is kept of a store that was closed. */
  private static final Remembered OPENED = new Remembered();

  private Cores() {}

  /** Lends the core of a store; {@link #release} follows. */
  public static SyncCore acquire(SyncRequest request) {
    Path path = StoreFile.realPath(request.path, request.readOnly);
    while (true) {
      Gate gate = GATES.computeIfAbsent(path, p -> new Gate());
      synchronized (gate) {
        if (GATES.get(path) == gate) { // else it was forgotten meanwhile
          return acquire(gate, path, request);
        }
      }
    }
  }

  /** Lends a core once more, to somebody beside one who has it. */
  public static void share(SyncCore core) {
    Gate gate = GATES.get(core.path());
    synchronized (gate) {
      (core.isReadOnly() ? gate.reader : gate.writer).users++;
    }
  }

  private static SyncCore acquire(Gate gate, Path path, SyncRequest request) {
    Shared shared = gate.writer == null && request.readOnly ? gate.reader : gate.writer;
    if (shared != null) {
      shared.core.checkShared(request);
      shared.users++;
      return shared.core;
    }
    boolean attached = false;
    try {
      shared = new Shared(Attaching.attach(path, request, OPENED.add(path)));
      attached = true;
    } finally {
      if (!attached) {
        forgetIfUnused(gate, path);
      }
    }
    if (request.readOnly) {
      gate.reader = shared;
    } else {
      gate.writer = shared;
    }
    return shared.core;
  }

  private static void forgetIfUnused(Gate gate, Path path) {
    if (gate.writer == null && gate.reader == null) {
      GATES.remove(path, gate);
    }
  }

  /** Takes a core back; the last user detaches it. */
  public static void release(SyncCore core) {
    Gate gate = GATES.get(core.path());
    synchronized (gate) {
      Shared shared = core.isReadOnly() ? gate.reader : gate.writer;
      if (--shared.users == 0) {
        if (core.isReadOnly()) {
          gate.reader = null;
        } else {
          gate.writer = null;
        }
        try {
          new Detaching(core).run();
        } finally {
          forgetIfUnused(gate, core.path());
        }
      }
    }
  }
}
