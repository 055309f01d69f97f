package io.tophash.examples.spring;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /products/7}. */
@RestController
public class ProductController {
  private final ProductService products;

  /** Called by Spring. */
  public ProductController(ProductService products) {
    this.products = products;
  }

  /** The product, with the process that fetched it. */
  @GetMapping("/products/{id}")
  public Product product(@PathVariable long id) throws InterruptedException {
    return products.find(id);
  }
}
