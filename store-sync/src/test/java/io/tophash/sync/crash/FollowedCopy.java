package io.tophash.sync.crash;

import io.tophash.sync.ChangePosition;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What somebody has who follows a store, and how far he has come, in a file beside it: both at once
 * or neither, so a process that is killed goes on from what it has kept.
 */
final class FollowedCopy {
  private static final int CHANGES_AT_ONCE = 20;

  private final Path file;
  private final Map<Long, Long> entries = new HashMap<>();
  private ChangePosition position;
  private long changes;

  private FollowedCopy(Path store) {
    this.file = store.resolveSibling(store.getFileName() + ".followed");
  }

  /** Begins with what a snapshot shows, and keeps that. */
  static FollowedCopy begin(Path store, Target<?, ?> target) {
    FollowedCopy copy = new FollowedCopy(store);
    try (Target<?, ?> then = target.snapshot()) {
      copy.entries.putAll(then.entries());
      copy.position = then.store.changePosition();
    }
    copy.keep();
    return copy;
  }

  static FollowedCopy load(Path store) {
    FollowedCopy copy = new FollowedCopy(store);
    try (DataInputStream in = new DataInputStream(Files.newInputStream(copy.file))) {
      copy.changes = in.readLong();
      copy.position = ChangePosition.of(in.readNBytes(in.readInt()));
      for (int left = in.readInt(); left > 0; left--) {
        copy.entries.put(in.readLong(), in.readLong());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return copy;
  }

  void keep() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(changes);
      out.writeInt(position.toBytes().length);
      out.write(position.toBytes());
      out.writeInt(entries.size());
      for (Map.Entry<Long, Long> entry : entries.entrySet()) {
        out.writeLong(entry.getKey());
        out.writeLong(entry.getValue());
      }
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.write(next, bytes.toByteArray());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  ChangePosition position() {
    return position;
  }

  /** How many changes there were so far. */
  long changes() {
    return changes;
  }

  Map<Long, Long> entries() {
    return entries;
  }

  /** Takes some changes if there are any; false if there are none just now. */
  boolean take(Target<?, ?>.Followed followed) throws InterruptedException {
    int taken = 0;
    Duration timeout = Duration.ofMillis(20);
    while (taken < CHANGES_AT_ONCE && followed.apply(entries, timeout)) {
      taken++;
      timeout = Duration.ZERO;
    }
    changes += taken;
    position = followed.position();
    return taken > 0;
  }

  /** Takes all changes that there are. */
  void catchUp(Target<?, ?> target) {
    try (Target<?, ?>.Followed followed = target.follow(position)) {
      while (followed.apply(entries, Duration.ZERO)) {
        changes++;
      }
      position = followed.position();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
