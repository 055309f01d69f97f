package io.tophash.cache;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The file of a cache that has a name and lies in a directory of caches. Stateless. */
public final class CacheFileNames {
  private static final String SUFFIX = ".tph";

  /** Longer names end in a digest: file systems allow 255 bytes, the sidecar's suffix included. */
  private static final int MAX_NAME = 200;

  private static final int DIGEST_BYTES = 16;

  private CacheFileNames() {}

  /**
   * The file of a cache. Different names have different files, and each is in the directory itself,
   * whatever the name is.
   */
  public static Path file(Path directory, String cacheName) {
    return directory.resolve(escaped(cacheName) + SUFFIX);
  }

  /**
   * Letters, digits, '-' and '_' stay, as does '.' but in front; each other byte of the UTF-8 form
   * is %XX. So different names have different files, and none leaves the directory.
   */
  private static String escaped(String cacheName) {
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
