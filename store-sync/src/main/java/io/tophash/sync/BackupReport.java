package io.tophash.sync;

import java.nio.file.Path;

/**
 * What {@link SyncStore#backup(Path, long)} has done.
 *
 * @param checkpoint number of the moment that the backup holds: what the next call takes as {@code
 *     since}
 * @param bytes how many were copied; what is in the backup already is not among them
 */
public record BackupReport(long checkpoint, long bytes) {}
