package io.tophash.core;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.lifecycle.OpenRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What all builders of stores share. A builder may be used again; it is not thread-safe. There is
 * one for each kind of store, none to be written elsewhere.
 *
 * @param <S> the store that is opened
 * @param <B> the builder itself
 */
public abstract class StoreBuilder<S, B extends StoreBuilder<S, B>> {
  private static final long MAX_WINDOW_BYTES = 1 << 30;
  private static final long LOCK_PAUSE_NANOS = 10_000_000;

  private final OpenRequest request;
  private final long minWindowBytes;
  private long waitNanos;

  /**
   * Begins with the defaults.
   *
   * @param request takes what is asked for
   * @param minWindowBytes the smallest window of this kind of store, a power of two
   */
  @SuppressWarnings("exports") // for the stores of this library only
  protected StoreBuilder(OpenRequest request, long minWindowBytes) {
    this.request = request;
    this.minWindowBytes = minWindowBytes;
  }

  /** This builder. */
  protected abstract B self();

  /**
   * Opens the store.
   *
   * @param path the file
   * @param temporary true to delete it when the store is closed
   */
  protected abstract S open(Path path, boolean temporary);

  /**
   * A hint how many entries a new store will hold, never a limit: it saves the growth up to there.
   * Negative or absurd hints count as 0. An existing store keeps its size.
   */
  public B expectedEntries(long entries) {
    request.expectedEntries = entries;
    return self();
  }

  /**
   * True to open an existing store without changing a byte of it; every change is then an {@link
   * UnsupportedOperationException}. Several processes may read a store at the same time. Default:
   * false.
   */
  public B readOnly(boolean value) {
    request.readOnly = value;
    return self();
  }

  /**
   * The file never grows over this many bytes; an operation that would need more throws {@link
   * io.tophash.core.errors.StoreFullException}. Not stored in the file. Of a {@code SyncStore} it
   * holds for all who have it open in this JVM. Default: no limit.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public B maxBytes(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("maxBytes must be positive, maxBytes=" + bytes);
    }
    request.maxBytes = bytes;
    return self();
  }

  /**
   * True to compare the checksum of each record that is read, of a key or a value that is not kept
   * in its cell (see the guide, "Damage"): one that is damaged, or that a damaged reference leads
   * to, is then a {@link io.tophash.core.errors.CorruptStoreException} and never a wrong answer.
   * False makes reads a little faster; {@code verify()} compares in either case. Default: true.
   */
  public B verifyReads(boolean value) {
    request.verifyReads = value;
    return self();
  }

  /**
   * Size of the windows in which a new file is mapped, a power of two up to 1 GiB; for address
   * spaces that are short. The smallest is 64 KiB in a {@link HashStore} and 1 MiB in a {@code
   * SyncStore}. A value is at most half as large, in a {@code SyncStore} a quarter. An existing
   * store keeps its own. Default: 1 GiB.
   *
   * @throws IllegalArgumentException if it is no such number
   */
  public B windowBytes(long bytes) {
    if (bytes < minWindowBytes || bytes > MAX_WINDOW_BYTES || Long.bitCount(bytes) != 1) {
      throw new IllegalArgumentException(
          "windowBytes must be a power of two from "
              + minWindowBytes
              + " to "
              + MAX_WINDOW_BYTES
              + ", windowBytes="
              + bytes);
    }
    request.windowShift = Long.numberOfTrailingZeros(bytes);
    return self();
  }

  /**
   * How long {@link #open(Path)} waits for another opener that is in the way to close the store or
   * to end, before it throws {@link StoreLockedException}; an interrupt ends the wait. Default: it
   * does not wait.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public B waitForLock(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException(
          "waitForLock must not be negative, waitForLock=" + timeout);
    }
    waitNanos = TimeUnit.MILLISECONDS.toNanos(saturatedMs(timeout));
    return self();
  }

  /** A time in milliseconds, for ever if it is too long to count. */
  protected static long saturatedMs(Duration time) {
    try {
      return time.toMillis();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Opens the store, and makes it first if it is not there (unless read-only).
   *
   * @throws StoreLockedException if another opener is in the way, for longer than {@link
   *     #waitForLock}
   * @throws io.tophash.core.errors.IncompatibleStoreException if the file is no store, or not one
   *     of this kind, version, or these codecs
   * @throws io.tophash.core.errors.CorruptStoreException if the file is damaged
   * @throws io.tophash.core.errors.StoreFullException if there is no room for a new store
   * @throws StoreException if the file cannot be opened for another reason, which the message names
   */
  public S open(Path path) {
    Objects.requireNonNull(path, "path");
    long start = System.nanoTime();
    while (true) {
      try {
        return open(path, false);
      } catch (StoreLockedException e) {
        if (System.nanoTime() - start >= waitNanos || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LockSupport.parkNanos(LOCK_PAUSE_NANOS);
      }
    }
  }

  /** Opens a new store in the system's directory for temporary files; closing it deletes it. */
  public S openTemporary() {
    if (request.readOnly) {
      throw new IllegalStateException("a temporary store is new, so it cannot be read-only");
    }
    try {
      Path path = Files.createTempFile("tophash-", ".tph");
      Path lock = path.resolveSibling(path.getFileName() + ".lock");
      path.toFile().deleteOnExit();
      lock.toFile().deleteOnExit();
      boolean opened = false;
      try {
        S store = open(path, true);
        opened = true;
        return store;
      } finally {
        if (!opened) {
          Files.deleteIfExists(path);
          Files.deleteIfExists(lock);
        }
      }
    } catch (IOException e) {
      throw new StoreException("cannot create a temporary file: " + e.getMessage(), e);
    }
  }
}
