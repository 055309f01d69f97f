package io.tophash.sync.attach;

import io.tophash.core.memory.StoreFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The stores that this JVM has attached. A second open of a store shares the first one's mapping
 * and row; a read-only one shares that of a writer, but not the other way round.
 */
public final class Cores {
  private record Key(Path path, boolean readOnly) {}

  private static final class Shared {
    final SyncCore core;
    int users;

    public Shared(SyncCore core) {
      this.core = core;
    }
  }

  private static final Map<Key, Shared> OPEN = new HashMap<>();
  private static final Set<Path> EVER_OPENED = new HashSet<>();

  private Cores() {}

  /** Lends the core of a store; {@link #release} follows. */
  public static synchronized SyncCore acquire(OpenRequest<?, ?> request) {
    Path path = StoreFile.realPath(request.path(), request.readOnly());
    Shared shared = OPEN.get(new Key(path, false));
    if (shared == null && request.readOnly()) {
      shared = OPEN.get(new Key(path, true));
    }
    if (shared == null) {
      shared = new Shared(SyncCore.attach(path, request, EVER_OPENED.add(path)));
      OPEN.put(new Key(path, request.readOnly()), shared);
    } else {
      StoreShape.check(shared.core.header(), request, path);
    }
    shared.users++;
    return shared.core;
  }

  /** The file of a closed temporary store is gone. */
  public static synchronized void forget(Path path) {
    EVER_OPENED.remove(path);
  }

  /** Takes a core back; the last user detaches it. */
  public static synchronized void release(SyncCore core) {
    Key key = new Key(core.path(), core.isReadOnly());
    Shared shared = OPEN.get(key);
    if (--shared.users == 0) {
      OPEN.remove(key);
      core.detach();
    }
  }
}
