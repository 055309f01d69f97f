package io.tophash.infinispan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.testng.ITestNGListener;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;

/**
 * Runs the tests that Infinispan has for stores, and counts them: TestNG runs none, without a word,
 * where a class that it needs is missing.
 */
@EnabledIfSystemProperty(named = "tophash.suites", matches = "true")
@Tag("contract")
class InfinispanSuitesTest {
  @TempDir private Path reports;

  @Test
  void infinispansTestsOfAStorePass() {
    assertAllPass(TophashStoreContract.class, 18);
  }

  @Test
  void infinispansTestsOfACacheOverAStorePass() {
    assertAllPass(TophashStoreFunctionalContract.class, 12);
  }

  private void assertAllPass(Class<?> contract, int tests) {
    TestListenerAdapter results = new TestListenerAdapter();
    TestNG testNg = new TestNG(false);
    testNg.setOutputDirectory(reports.toString());
    testNg.setTestClasses(new Class<?>[] {contract});
    testNg.addListener((ITestNGListener) results);
    testNg.run();
    assertEquals(List.of(), failures(results.getFailedTests()));
    assertEquals(List.of(), failures(results.getConfigurationFailures()));
    assertEquals(List.of(), results.getSkippedTests());
    assertEquals(tests, results.getPassedTests().size());
  }

  private static List<String> failures(List<ITestResult> results) {
    return results.stream()
        .map(result -> result.getMethod().getMethodName() + ": " + result.getThrowable())
        .toList();
  }
}
