package io.tophash.examples.spring;

import io.tophash.jcache.TophashCacheManager;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.cache.autoconfigure.JCachePropertiesCustomizer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;

/** Starts the service; {@code --spring.profiles.active=jcache} takes the way over JCache. */
@SpringBootApplication
@EnableCaching
public class ShopApplication {
  /** Called by Spring. */
  public ShopApplication() {}

  /** Starts it. */
  public static void main(String[] args) {
    SpringApplication.run(ShopApplication.class, args);
  }

  /** Which classes may be read from files that others may write; for the profile jcache only. */
  @Bean
  JCachePropertiesCustomizer serialFilter() {
    return properties ->
        properties.setProperty(
            TophashCacheManager.SERIAL_FILTER, "io.tophash.examples.**;java.lang.*;!*");
  }
}
