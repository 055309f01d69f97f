package io.tophash.infinispan;

import org.infinispan.commons.test.CommonsTestingUtil;
import org.infinispan.commons.util.Util;
import org.infinispan.configuration.cache.PersistenceConfigurationBuilder;
import org.infinispan.persistence.BaseStoreFunctionalTest;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;

/** Infinispan's own tests of a cache over a store; run by {@link InfinispanSuitesTest}. */
@Test(groups = "unit", testName = "tophash.TophashStoreFunctionalContract")
public class TophashStoreFunctionalContract extends BaseStoreFunctionalTest {
  private final String directory = CommonsTestingUtil.tmpDirectory(getClass());

  @AfterClass(alwaysRun = true)
  protected void removeDirectory() {
    Util.recursiveFileRemove(directory);
  }

  @Override
  protected PersistenceConfigurationBuilder createCacheStoreConfig(
      PersistenceConfigurationBuilder persistence, String cacheName, boolean preload) {
    persistence.addStore(TophashStoreConfigurationBuilder.class).path(directory).preload(preload);
    return persistence;
  }
}
