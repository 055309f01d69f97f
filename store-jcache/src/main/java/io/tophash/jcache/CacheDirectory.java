package io.tophash.jcache;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.cache.CacheException;

/** The directory of a manager's caches. Stateless. */
final class CacheDirectory {
  private CacheDirectory() {}

  /**
   * The directory that a URI names, which is made if it is not there; null for the URI of temporary
   * caches.
   */
  static Path of(URI uri) {
    if (uri.equals(TophashCachingProvider.TEMPORARY)) {
      return null;
    }
    if (!"file".equals(uri.getScheme())) {
      throw new CacheException(
          "the URI of a manager is a directory, file:/path/, or "
              + (TophashCachingProvider.TEMPORARY + ": uri=" + uri));
    }
    try {
      Path directory = Path.of(uri);
      return Files.createDirectories(directory);
    } catch (IOException | IllegalArgumentException e) {
      throw new CacheException("cannot use the directory of the caches: uri=" + uri, e);
    }
  }
}
