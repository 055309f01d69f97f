package io.tophash.infinispan;

import org.infinispan.commons.test.CommonsTestingUtil;
import org.infinispan.commons.util.Util;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.persistence.BaseNonBlockingStoreTest;
import org.infinispan.persistence.spi.NonBlockingStore;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;

/** Infinispan's own tests of the methods of a store; run by {@link InfinispanSuitesTest}. */
@Test(groups = "unit", testName = "tophash.TophashStoreContract")
public class TophashStoreContract extends BaseNonBlockingStoreTest {
  private final String directory = CommonsTestingUtil.tmpDirectory(getClass());

  @AfterClass(alwaysRun = true)
  protected void removeDirectory() {
    Util.recursiveFileRemove(directory);
  }

  @Override
  protected NonBlockingStore<Object, Object> createStore() {
    return new TophashStore<>();
  }

  @Override
  protected Configuration buildConfig(ConfigurationBuilder builder) {
    builder.persistence().addStore(TophashStoreConfigurationBuilder.class).path(directory).files(8);
    return builder.build();
  }
}
