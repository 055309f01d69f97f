package io.tophash.core.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What became of all damaged files of a run. */
public final class Tally {
  /** How many findings are kept with their text. */
  private static final int KEPT = 200;

  private static final class Row {
    final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    long right;
    long live;

    int sum() {
      return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  private final Map<String, Row> byFault = new TreeMap<>();
  private final Map<String, Integer> unnoticed = new TreeMap<>();
  private final Map<String, Integer> reports = new TreeMap<>();
  private final List<String> findings = new ArrayList<>();
  private int cases;
  private int findingCount;

  /** Adds an answer of a worker. */
  synchronized void add(String answer, String mode, String repeat) {
    String[] fields = answer.split("\t", -1);
    Outcome outcome = Outcome.valueOf(fields[0]);
    boolean isAnywhere = fields[2].equals("file") || fields[2].equals("any");
    String name = isAnywhere ? fields[1] : fields[1] + ": " + fields[2];
    Row row = byFault.computeIfAbsent(name, unused -> new Row());
    row.counts.merge(outcome, 1, Integer::sum);
    row.right += Long.parseLong(fields[4]);
    row.live += Long.parseLong(fields[5]);
    cases++;
    if (outcome == Outcome.UNNOTICED) {
      unnoticed.merge(fields[3].split(",")[0] + ", " + name, 1, Integer::sum);
    } else if (outcome == Outcome.REFUSED || outcome == Outcome.REPORTED) {
      reports.merge(fields[7], 1, Integer::sum);
    }
    if (outcome == Outcome.FINDING) {
      finding(fields[7] + " [" + mode + ", " + fields[3] + ", " + fields[6] + "] " + repeat);
    }
  }

  /** Adds what no worker could say itself. */
  synchronized void finding(String finding) {
    findingCount++;
    if (findings.size() < KEPT) {
      findings.add(finding);
    }
  }

  /** Files that were tried. */
  public synchronized int cases() {
    return cases;
  }

  /** What is forbidden and happened. */
  public synchronized List<String> findings() {
    return List.copyOf(findings);
  }

  /** Prints all, and fails if anything happened that is forbidden. */
  public void print(String title) {
    System.out.println(title + "\n" + this);
    findings().forEach(finding -> System.out.println("  " + finding));
    assertEquals(0, findings().size(), () -> title + ": " + findings().get(0));
  }

  /** Files with this outcome, by its name. */
  public synchronized int count(String outcome) {
    return byFault.values().stream()
        .mapToInt(row -> row.counts.getOrDefault(Outcome.valueOf(outcome), 0))
        .sum();
  }

  /** A table: the kinds of faults, and what became of them. */
  @Override
  public synchronized String toString() {
    StringBuilder out = new StringBuilder();
    out.append(String.format("%-44s %7s", "fault", "tried"));
    for (Outcome outcome : Outcome.values()) {
      out.append(" | ").append(outcome.text);
    }
    out.append(" | right entries\n");
    Row all = new Row();
    byFault.forEach(
        (name, row) -> {
          line(out, name, row);
          row.counts.forEach((outcome, n) -> all.counts.merge(outcome, n, Integer::sum));
          all.right += row.right;
          all.live += row.live;
        });
    line(out, "all", all);
    out.append("unnoticed: ").append(unnoticed).append('\n');
    out.append("refused and reported: ").append(reports).append('\n');
    out.append("forbidden: ").append(findingCount);
    return out.toString();
  }

  private static void line(StringBuilder out, String name, Row row) {
    out.append(String.format("%-44s %7d", name, row.sum()));
    for (Outcome outcome : Outcome.values()) {
      String count = String.valueOf(row.counts.getOrDefault(outcome, 0));
      out.append(" | ").append(" ".repeat(Math.max(0, outcome.text.length() - count.length())));
      out.append(count);
    }
    double percent = row.live == 0 ? 0 : 100.0 * row.right / row.live;
    out.append(String.format(" | %6.2f %%%n", percent));
  }
}
