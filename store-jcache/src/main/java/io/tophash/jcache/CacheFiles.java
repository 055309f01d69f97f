package io.tophash.jcache;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.cache.CacheException;

/** Where the caches of a manager are. Stateless. */
final class CacheFiles {
  private static final String SUFFIX = ".tph";

  /** Longer names end in a digest: file systems allow 255 bytes, the sidecar's suffix included. */
  private static final int MAX_NAME = 200;

  private static final int DIGEST_BYTES = 16;

  private CacheFiles() {}

  /**
   * The directory that a URI names, which is made if it is not there; null for the URI of temporary
   * caches.
   */
  static Path directory(URI uri) {
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

  static Path file(Path directory, String cacheName) {
    return directory.resolve(escaped(cacheName) + SUFFIX);
  }

  /**
   * Letters, digits, '-' and '_' stay, as does '.' but in front; each other byte of the UTF-8 form
   * is %XX. So different names have different files, and none leaves the directory.
   */
  static String escaped(String cacheName) {
    if (cacheName.isEmpty()) {
      return "%";
    }
    StringBuilder escaped = new StringBuilder();
    for (byte b : cacheName.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean plain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '-'
              || c == '_'
              || c == '.' && escaped.length() > 0;
      if (plain) {
        escaped.append(c);
      } else {
        escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    if (escaped.length() <= MAX_NAME) {
      return escaped.toString();
    }
    return escaped.substring(0, MAX_NAME - 2 * DIGEST_BYTES - 2) + "%%" + digest(cacheName);
  }

  private static String digest(String name) {
    try {
      byte[] all =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(all, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
