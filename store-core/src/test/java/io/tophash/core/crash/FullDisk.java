package io.tophash.core.crash;

import io.tophash.core.errors.StoreFullException;

/** A disk that refuses the n-th extension of a file, and all later ones until there is space. */
public final class FullDisk implements CrashHook.Tracer, AutoCloseable {
  private final int first;
  private final int last;
  private int extensions;
  private boolean hasSpace;

  /** Refuses the extensions from one number to another, counted from 1, on this thread. */
  public FullDisk(int first, int last) {
    this.first = first;
    this.last = last;
    CrashHook.trace(this);
  }

  /** Something that may need space. */
  @FunctionalInterface
  public interface Change {
    void run();
  }

  /** Runs the change; false if the disk was full. */
  public boolean tryTo(Change change) {
    try {
      change.run();
      return true;
    } catch (StoreFullException e) {
      return false;
    }
  }

  /** From now on there is space. */
  public void makeSpace() {
    hasSpace = true;
  }

  /** True if an extension was refused. */
  public boolean wasFull() {
    return extensions >= first;
  }

  /** Number of extensions that were asked for. */
  public int extensions() {
    return extensions;
  }

  @Override
  public boolean refuses(String point) {
    extensions++;
    return !hasSpace && extensions >= first && extensions <= last;
  }

  @Override
  public void reached(String point) {}

  @Override
  public void storing(long position, int length, boolean release) {}

  @Override
  public void fence() {}

  @Override
  public void close() {
    CrashHook.trace(null);
  }
}
