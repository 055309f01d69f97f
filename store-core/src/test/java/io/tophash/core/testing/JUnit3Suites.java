package io.tophash.core.testing;

import java.util.Collections;
import java.util.stream.Stream;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/**
 * Runs Guava's collection suites, which are JUnit 3 suites, as dynamic tests.
 *
 * <pre>{@code
 * @TestFactory
 * DynamicNode behavesAsAMap() {
 *   return JUnit3Suites.toDynamic(MapTestSuiteBuilder.using(generator)....createTestSuite());
 * }
 * }</pre>
 */
public final class JUnit3Suites {
  private JUnit3Suites() {}

  /**
   * The suite as a tree of dynamic tests, each with its own {@code setUp} and {@code tearDown}.
   *
   * @param test a suite or a single test
   * @return the same tree
   */
  public static DynamicNode toDynamic(junit.framework.Test test) {
    if (test instanceof TestSuite suite) {
      Stream<DynamicNode> children =
          Collections.list(suite.tests()).stream().map(JUnit3Suites::toDynamic);
      return DynamicContainer.dynamicContainer(String.valueOf(suite.getName()), children);
    }
    if (test instanceof TestCase testCase) {
      return DynamicTest.dynamicTest(String.valueOf(testCase.getName()), testCase::runBare);
    }
    throw new IllegalArgumentException("neither a suite nor a test case: test=" + test);
  }
}
