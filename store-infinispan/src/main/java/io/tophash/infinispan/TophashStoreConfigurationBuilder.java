package io.tophash.infinispan;

import org.infinispan.commons.CacheConfigurationException;
import org.infinispan.commons.configuration.Builder;
import org.infinispan.commons.configuration.Combine;
import org.infinispan.configuration.cache.AbstractStoreConfigurationBuilder;
import org.infinispan.configuration.cache.PersistenceConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfiguration;
import org.infinispan.persistence.PersistenceUtil;

/**
 * Adds a {@link TophashStore} to a cache:
 *
 * <pre>{@code
 * new ConfigurationBuilder().persistence()
 *     .addStore(TophashStoreConfigurationBuilder.class)
 *     .path("/var/lib/node-1");
 * }</pre>
 */
public final class TophashStoreConfigurationBuilder
    extends AbstractStoreConfigurationBuilder<
        TophashStoreConfiguration, TophashStoreConfigurationBuilder> {

  /** Called by Infinispan; use {@link PersistenceConfigurationBuilder#addStore(Class)}. */
  public TophashStoreConfigurationBuilder(PersistenceConfigurationBuilder builder) {
    super(builder, TophashStoreConfiguration.attributeDefinitionSet());
  }

  /**
   * Directory of the files; each cache has a directory of its own below it. Without a path it is
   * the persistent location of the node's global state, which must then be enabled; with both, the
   * path is taken from there.
   *
   * @param path belongs to one node only
   */
  public TophashStoreConfigurationBuilder path(String path) {
    attributes.attribute(TophashStoreConfiguration.PATH).set(path);
    return this;
  }

  /**
   * Number of files that the segments of the cache are divided among; 32 unless it is set. A file
   * is made when one of its segments gets its first entry, and takes at least 1 MiB. A segment that
   * moves to another node costs a walk over the file that it is in; with as many files as segments
   * it costs none. The number is fixed when the directory is made.
   *
   * @param files at least 1; what is more than the segments of the cache has no effect
   */
  public TophashStoreConfigurationBuilder files(int files) {
    attributes.attribute(TophashStoreConfiguration.FILES).set(files);
    return this;
  }

  @Override
  public void validate() {
    super.validate();
    int files = attributes.attribute(TophashStoreConfiguration.FILES).get();
    if (files < 1) {
      throw new CacheConfigurationException(
          "a Tophash store needs at least one file: files=" + files);
    }
  }

  @Override
  public void validate(GlobalConfiguration global) {
    PersistenceUtil.validateGlobalStateStoreLocation(
        global,
        TophashStore.class.getSimpleName(),
        attributes.attribute(TophashStoreConfiguration.PATH));
    super.validate(global);
  }

  @Override
  public TophashStoreConfiguration create() {
    return new TophashStoreConfiguration(attributes.protect(), async.create());
  }

  @Override
  public Builder<?> read(TophashStoreConfiguration template, Combine combine) {
    super.read(template, combine);
    return this;
  }

  @Override
  public TophashStoreConfigurationBuilder self() {
    return this;
  }
}
