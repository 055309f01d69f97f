package io.tophash.spring;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if the application has not asked for another kind of cache. */
final class OnNoOtherCacheType implements Condition {
  /** Called by Spring. */
  OnNoOtherCacheType() {}

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return !context.getEnvironment().containsProperty("spring.cache.type");
  }
}
