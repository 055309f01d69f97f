package io.tophash.jcache;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;

/** An entity of {@link HibernateTest}. */
@Entity
@Cacheable
@Cache(usage = CacheConcurrencyStrategy.NONSTRICT_READ_WRITE, region = "books")
class Book {
  @Id private Long id;
  private String title;

  /** Called by Hibernate. */
  protected Book() {}

  Book(Long id, String title) {
    this.id = id;
    this.title = title;
  }

  String title() {
    return title;
  }

  void rename(String other) {
    title = other;
  }
}
