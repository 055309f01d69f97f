package io.tophash.examples.spring;

import java.time.Duration;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/** The slow source, behind a cache. */
@Service
public class ProductService {
  private static final Duration SLOW = Duration.ofMillis(200);

  /** Called by Spring. */
  public ProductService() {}

  /** Finds a product; one of those who ask for it at the same time fetches it. */
  @Cacheable(cacheNames = "products", sync = true)
  public Product find(long id) throws InterruptedException {
    Thread.sleep(SLOW.toMillis()); // A database far away.
    return new Product(id, "product " + id, ProcessHandle.current().pid());
  }
}
