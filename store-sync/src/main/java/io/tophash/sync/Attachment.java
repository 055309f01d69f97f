package io.tophash.sync;

import io.tophash.core.VerifyReport;
import java.nio.file.Path;

/**
 * One open call on a store: its life, and what concerns the whole file. Several attachments of one
 * JVM share a mapping; each is closed for itself.
 */
interface Attachment {
  Path path();

  boolean isReadOnly();

  boolean isClosed();

  void close();

  SyncStats stats();

  VerifyReport verify();

  void force();

  void compact();

  void backup(Path target);

  long sizeLong();
}
