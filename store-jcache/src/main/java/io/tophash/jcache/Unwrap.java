package io.tophash.jcache;

/** What each unwrap method does. Stateless. */
final class Unwrap {
  private Unwrap() {}

  static <T> T as(Object object, Class<T> type) {
    if (type.isInstance(object)) {
      return type.cast(object);
    }
    throw new IllegalArgumentException(
        "it is no such thing: class=" + object.getClass().getName() + " wanted=" + type.getName());
  }
}
