package io.tophash.infinispan;

import org.infinispan.commons.configuration.BuiltBy;
import org.infinispan.commons.configuration.ConfigurationFor;
import org.infinispan.commons.configuration.attributes.AttributeDefinition;
import org.infinispan.commons.configuration.attributes.AttributeSet;
import org.infinispan.configuration.cache.AbstractStoreConfiguration;
import org.infinispan.configuration.cache.AsyncStoreConfiguration;

/** What a {@link TophashStore} was told: see {@link TophashStoreConfigurationBuilder}. */
@BuiltBy(TophashStoreConfigurationBuilder.class)
@ConfigurationFor(TophashStore.class)
public final class TophashStoreConfiguration
    extends AbstractStoreConfiguration<TophashStoreConfiguration> {
  /** Number of files where nothing is said: 32 MiB once each segment has an entry. */
  static final int DEFAULT_FILES = 32;

  static final AttributeDefinition<String> PATH =
      AttributeDefinition.builder("path", null, String.class).immutable().global(false).build();

  static final AttributeDefinition<Integer> FILES =
      AttributeDefinition.builder("files", DEFAULT_FILES).immutable().build();

  TophashStoreConfiguration(AttributeSet attributes, AsyncStoreConfiguration async) {
    super(Element.TOPHASH_STORE, attributes, async);
  }

  /** What may be set, as Infinispan wants it. */
  public static AttributeSet attributeDefinitionSet() {
    return new AttributeSet(
        TophashStoreConfiguration.class,
        AbstractStoreConfiguration.attributeDefinitionSet(),
        PATH,
        FILES);
  }

  /** Directory of the stores, or null for the persistent location of the node. */
  public String path() {
    return attributes.attribute(PATH).get();
  }

  /** Number of files that the segments are divided among. */
  public int files() {
    return attributes.attribute(FILES).get();
  }

  /** The element of the XML configuration; the constant's text is its name. */
  enum Element {
    TOPHASH_STORE;

    static final String NAME = "tophash-store";

    @Override
    public String toString() {
      return NAME;
    }
  }
}
