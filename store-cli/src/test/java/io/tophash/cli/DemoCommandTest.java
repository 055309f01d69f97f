package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo, with few classes. */
@Tag("contract")
@Tag("full")
class DemoCommandTest extends CommandTest {
  @Test
  @SuppressWarnings("unchecked")
  void checksAndMeasuresEveryStep() {
    Result result =
        run("demo", "--kind", "hash", "--limit", "60", "--longs", "1000", "--json").ok();
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
    String text = run("demo", "--kind", "hash", "--limit", "30", "--longs", "0").ok().out();
    assertTrue(text.contains("entries      30,"), text);
    assertTrue(text.contains("ns per op"), text);
    assertTrue(text.contains("All checks passed"), text);
    assertFalse(text.contains("LongHashStore"), text);
    assertTrue(text.lines().allMatch(line -> line.length() <= 110), text);
  }

  @Test
  void keepsTheStoreIfAsked() {
    Path store = path("kept.tph");
    run("demo", "--kind", "hash", "--limit", "30", "--longs", "0", "--store", store).ok();
    assertEquals(20L, run("stat", "--json", store).ok().json().get("entries"));
    run("verify", store).ok();
    run("demo", "--kind", "hash", "--limit", "30", "--longs", "0", "--store", store)
        .fails(4, "already");
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
        new Console(
            new ByteArrayInputStream(new byte[0]), out, new ByteArrayOutputStream(), false, false);
    DemoCommand command = new DemoCommand(console);
    new picocli.CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs("--kind", "hash", "--longs", "0");
    assertEquals(ExitCode.DAMAGED, command.run(changing));
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("FAIL  every value equals its class file: wrong=1 first=b"), text);
    assertTrue(text.contains("CHECKS FAILED"), text);
  }

  @Test
  @SuppressWarnings("unchecked")
  void readersSeeWholeValuesAndKillsLoseNothing() {
    Path store = path("shared.tph");
    Map<String, Object> json =
        run("demo", "--limit", "60", "--seconds", "1", "--kills", "2", "--json", "--store", store)
            .ok()
            .json();
    assertEquals(true, json.get("ok"));
    List<Map<String, Object>> processes = (List<Map<String, Object>>) json.get("processes");
    assertEquals(4, processes.size());
    assertEquals(60L, processes.get(0).get("operations"));
    assertEquals(3, ((List<?>) processes.get(3).get("pids")).size(), "two killed, one ended");
    assertTrue(processes.stream().allMatch(process -> (Long) process.get("operations") > 0));
    List<Map<String, Object>> checks = (List<Map<String, Object>>) json.get("checks");
    assertEquals(9, checks.size(), checks::toString);
    assertEquals(json.get("entries"), run("stat", "--json", store).ok().json().get("entries"));
    run("verify", store).ok();
  }

  @Test
  void severalProcessesAreATableForPeople() {
    String text = run("demo", "--limit", "30", "--seconds", "0.2", "--kills", "1").ok().out();
    assertTrue(text.contains("per second"), text);
    assertTrue(text.contains("kill 1: nothing acknowledged is lost"), text);
    assertTrue(text.contains("All checks passed"), text);
  }

  @Test
  @SuppressWarnings("unchecked")
  void powerCutsLeaveWhatWasForced() {
    Map<String, Object> json =
        run("demo", "--power-cut", "--limit", "40", "--kills", "2", "--json").ok().json();
    assertEquals(true, json.get("ok"), json::toString);
    assertEquals(8L, json.get("powerCuts"));
    assertTrue((Long) json.get("pagesNotWritten") > 100, json::toString);
    List<Map<String, Object>> checks = (List<Map<String, Object>>) json.get("checks");
    assertEquals(8, checks.size(), checks::toString);
    assertFalse(Files.exists(Path.of((String) json.get("store"))), "the temporary store stays");
  }

  @Test
  void aPowerCutThatLeavesSomethingElseFailsTheDemo() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    ClassSource changing =
        new ClassSource() {
          @Override
          public List<String> names() {
            return List.of("a", "b", "c");
          }

          @Override
          public byte[] read(String name) {
            return (name + reads.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
          }
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]), out, new ByteArrayOutputStream(), false, false);
    DemoCommand command = new DemoCommand(console);
    new picocli.CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs("--power-cut", "--kills", "1");
    assertEquals(ExitCode.DAMAGED, command.run(changing));
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("FAIL  cut 1.1: the state of the last force()"), text);
    assertTrue(text.contains("2,003 entries compared, 3 wrong"), text);
  }

  /** The check that a killed writer lost nothing would find a value that it did not write. */
  @Test
  void aValueTellsWhetherItIsWhole() {
    long operation = 1;
    while (DemoWrites.kind(operation) != DemoWrites.Kind.SET) {
      operation++;
    }
    int key = DemoWrites.index(operation, DemoWrites.KEYS);
    byte[] value = DemoWrites.value(operation);
    assertEquals(operation, DemoWrites.version(key, ByteBuffer.wrap(value)));
    assertEquals(-1, DemoWrites.version(key + 1, ByteBuffer.wrap(value)));
    assertEquals(-1, DemoWrites.version(key, ByteBuffer.wrap(value, 0, value.length - 1)));
    for (int i = 0; i < value.length; i++) {
      value[i] ^= 1;
      assertEquals(-1, DemoWrites.version(key, ByteBuffer.wrap(value)), "index=" + i);
      value[i] ^= 1;
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void fourProcessesLoadEachPageOnceAndKeepTheBound() {
    Path store = path("pages.tph");
    Map<String, Object> json =
        run("demo", "--cache", "--seconds", "0.5", "--json", "--store", store).ok().json();
    assertEquals(true, json.get("ok"));
    assertEquals(json.get("rushPages"), json.get("rushLoads"));
    assertTrue((Long) json.get("mostBytes") <= (Long) json.get("maxBytes"));
    assertEquals(2, ((List<?>) json.get("processes")).size(), "one is killed");
    List<Map<String, Object>> checks = (List<Map<String, Object>>) json.get("checks");
    assertEquals(7, checks.size(), checks::toString);
    assertEquals(json.get("entries"), run("stat", "--json", store).ok().json().get("entries"));
  }

  @Test
  void theCacheDemoIsATableForPeople() {
    String text = run("demo", "--kind", "cache", "--seconds", "0.1").ok().out();
    assertTrue(text.contains("instance 3, killed"), text);
    assertTrue(text.contains("load each once: 200 pages, 200 loads, not 800"), text);
    assertTrue(text.contains("All checks passed"), text);
  }

  @Test
  void refusesNonsense() {
    run("demo", "--seconds", "0").fails(2, "--seconds");
    run("demo", "--kills", "-1").fails(2, "--kills");
    run("demo", "--kind", "tree").fails(2, "--kind");
    run("demo", "--power-cut", "--kind", "hash").fails(2, "--power-cut");
    run("demo", "--limit", "0").fails(2, "--limit");
    run("demo", "--longs", "-1").fails(2, "--longs");
  }
}
