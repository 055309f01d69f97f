package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The demo, with few classes. */
class DemoCommandTest extends CommandTest {
  @Test
  @SuppressWarnings("unchecked")
  void checksAndMeasuresEveryStep() {
    Result result = run("demo", "--limit", "60", "--longs", "1000", "--json").ok();
    Map<String, Object> json = result.json();
    assertEquals(true, json.get("ok"));
    assertEquals(60L, json.get("entries"));
    assertTrue((Long) json.get("valueBytes") > 60);
    assertTrue((Long) json.get("fileBytes") > (Long) json.get("valueBytes"));
    List<Map<String, Object>> steps = (List<Map<String, Object>>) json.get("steps");
    assertEquals(
        List.of(60L, 1L, 60L, 60L, 480L, 480L, 480L, 480L, 20L, 40L),
        steps.stream().map(step -> step.get("operations")).toList());
    List<Map<String, Object>> checks = (List<Map<String, Object>>) json.get("checks");
    assertTrue(checks.size() >= 9, checks::toString);
    assertTrue(checks.stream().allMatch(check -> check.get("ok").equals(true)), checks::toString);
    assertEquals(4, ((List<?>) json.get("longs")).size());
    assertFalse(Files.exists(Path.of((String) json.get("store"))), "the temporary store stays");
  }

  @Test
  void isATableForPeople() {
    String text = run("demo", "--limit", "30", "--longs", "0").ok().out();
    assertTrue(text.contains("entries      30,"), text);
    assertTrue(text.contains("ns per op"), text);
    assertTrue(text.contains("All checks passed"), text);
    assertFalse(text.contains("LongHashStore"), text);
    assertTrue(text.lines().allMatch(line -> line.length() <= 110), text);
  }

  @Test
  void keepsTheStoreIfAsked() {
    Path store = path("kept.tph");
    run("demo", "--limit", "30", "--longs", "0", "--store", store).ok();
    assertEquals(20L, run("stat", "--json", store).ok().json().get("entries"));
    run("verify", store).ok();
    run("demo", "--limit", "30", "--longs", "0", "--store", store).fails(4, "already");
  }

  @Test
  void aValueThatDiffersFromItsSourceFailsTheDemo() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    ClassSource changing =
        new ClassSource() {
          @Override
          public List<String> names() {
            return List.of("a", "b", "c");
          }

          @Override
          public byte[] read(String name) {
            // The second time that "b" is read it is something else.
            boolean changed = name.equals("b") && reads.incrementAndGet() == 2;
            return (changed ? "other" : name).getBytes(StandardCharsets.UTF_8);
          }
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Console console =
        new Console(new ByteArrayInputStream(new byte[0]), out, new ByteArrayOutputStream(), false);
    assertEquals(ExitCode.DAMAGED, new DemoCommand(console).run(changing));
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("FAIL  every value equals its class file: wrong=1 first=b"), text);
    assertTrue(text.contains("CHECKS FAILED"), text);
  }

  @Test
  void refusesNonsense() {
    run("demo", "--limit", "0").fails(2, "--limit");
    run("demo", "--longs", "-1").fails(2, "--longs");
  }
}
