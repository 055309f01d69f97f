package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.testing.MapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import junit.framework.AssertionFailedError;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The adapter finds every test of a suite and hides no failure. */
@Tag("contract")
class JUnit3SuitesTest {
  /** Removes nothing, against the contract. */
  private static final class KeepsAll extends HashMap<String, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String remove(Object key) {
      return get(key);
    }
  }

  private static List<DynamicTest> suiteOf(Map<String, String> prototype) {
    TestSuite suite =
        MapTestSuiteBuilder.using(
                new TestStringMapGenerator() {
                  @Override
                  protected Map<String, String> create(Map.Entry<String, String>[] entries) {
                    Map<String, String> map =
                        prototype instanceof KeepsAll ? new KeepsAll() : new HashMap<>();
                    for (Map.Entry<String, String> entry : entries) {
                      map.put(entry.getKey(), entry.getValue());
                    }
                    return map;
                  }
                })
            .named(prototype.getClass().getSimpleName())
            .withFeatures(
                MapFeature.GENERAL_PURPOSE,
                MapFeature.ALLOWS_NULL_KEYS,
                MapFeature.ALLOWS_NULL_VALUES,
                CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                CollectionSize.ANY)
            .createTestSuite();
    List<DynamicTest> tests = flatten(JUnit3Suites.toDynamic(suite)).toList();
    assertEquals(suite.countTestCases(), tests.size());
    return tests;
  }

  private static Stream<DynamicTest> flatten(DynamicNode node) {
    if (node instanceof DynamicContainer container) {
      return container.getChildren().flatMap(JUnit3SuitesTest::flatten);
    }
    return Stream.of(assertInstanceOf(DynamicTest.class, node));
  }

  private static long failures(List<DynamicTest> tests) {
    return tests.stream()
        .filter(
            test -> {
              try {
                test.getExecutable().execute();
                return false;
              } catch (Throwable e) {
                return true;
              }
            })
        .count();
  }

  @Test
  void aGoodMapPassesTheWholeSuite() {
    List<DynamicTest> tests = suiteOf(new HashMap<>());
    assertTrue(tests.size() > 100, () -> "count=" + tests.size());
    assertEquals(0, failures(tests));
  }

  @Test
  void aMapThatBreaksTheContractFails() {
    assertTrue(failures(suiteOf(new KeepsAll())) > 0);
  }

  @Test
  void theFailureOfATestCaseIsThrown() {
    TestCase failing =
        new TestCase("fails") {
          @Override
          protected void runTest() {
            fail("on purpose");
          }
        };
    DynamicTest test = assertInstanceOf(DynamicTest.class, JUnit3Suites.toDynamic(failing));
    assertThrows(AssertionFailedError.class, () -> test.getExecutable().execute());
  }
}
