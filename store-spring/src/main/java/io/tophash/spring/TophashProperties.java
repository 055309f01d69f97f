package io.tophash.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** The properties {@code tophash.*} of an application. */
@ConfigurationProperties("tophash")
public final class TophashProperties {
  private static final Duration VERIFY_EVERY = Duration.ofHours(1);

  private Path directory;
  private String serialFilter;
  private Map<String, CacheSettings> cache = new LinkedHashMap<>();
  private final Health health = new Health();

  @NestedConfigurationProperty private final CacheSettings defaults = new CacheSettings();

  /** Properties in which nothing is set. */
  public TophashProperties() {}

  /** Where the caches are; null for temporary files. */
  public Path getDirectory() {
    return directory;
  }

  /** See {@link #getDirectory}. */
  public void setDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Which classes Java serialization may read; null for the values of {@code java.base} and the
   * classes of the application's own packages.
   */
  public String getSerialFilter() {
    return serialFilter;
  }

  /** See {@link #getSerialFilter}. */
  public void setSerialFilter(String serialFilter) {
    this.serialFilter = serialFilter;
  }

  /** Settings of caches by their names. These are opened when the application starts. */
  public Map<String, CacheSettings> getCache() {
    return cache;
  }

  /** See {@link #getCache}. */
  public void setCache(Map<String, CacheSettings> cache) {
    this.cache = cache;
  }

  /** Settings of all other caches. */
  public CacheSettings getDefaults() {
    return defaults;
  }

  /** Settings of the health indicator. */
  public Health getHealth() {
    return health;
  }

  /** Settings of the health indicator. */
  public static final class Health {
    private Duration verifyEvery = VERIFY_EVERY;

    private Health() {}

    /** How often the files are verified in the background; zero for never. */
    public Duration getVerifyEvery() {
      return verifyEvery;
    }

    /** See {@link #getVerifyEvery}. */
    public void setVerifyEvery(Duration verifyEvery) {
      this.verifyEvery = verifyEvery;
    }
  }
}
