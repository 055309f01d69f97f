package io.tophash.bench.soak;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Rectangle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.jfree.svg.SVGGraphics2D;

/** Draws the figures of a soak, one chart for each kind of figure. */
final class SoakCharts {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 300;
  private static final int POINTS = 300;
  private static final List<Color> COLOURS =
      List.of(new Color(0x1b7837), new Color(0x2166ac), new Color(0x9970ab), new Color(0xd6604d));

  private SoakCharts() {}

  /**
   * A chart.
   *
   * @param name of its file
   * @param axis what its lines count
   * @param columns of the CSV file that are its lines
   */
  record Chart(String name, String title, String axis, boolean logarithmic, List<String> columns) {}

  private static final Chart READS =
      new Chart(
          "reads",
          "Latency of lookups",
          "microseconds",
          true,
          List.of("readP50Us", "readP99Us", "readP999Us", "readMaxUs"));
  private static final Chart WRITES =
      new Chart(
          "writes",
          "Latency of changes",
          "microseconds",
          true,
          List.of("writeP50Us", "writeP99Us", "writeP999Us", "writeMaxUs"));
  private static final Chart WORK =
      new Chart(
          "work",
          "Operations in a second, and entries",
          "number",
          false,
          List.of("reads", "writes", "entries"));

  /** Those of a store. */
  static final List<Chart> STORE =
      List.of(
          new Chart(
              "memory",
              "Memory of the process that lives",
              "MiB",
              false,
              List.of("heapMiB", "rssAnonMiB", "rssMappedMiB")),
          new Chart(
              "file",
              "The file",
              "MiB",
              false,
              List.of("fileMiB", "diskMiB", "usedMiB", "freeMiB")),
          new Chart(
              "handles",
              "Descriptors and mappings",
              "number",
              false,
              List.of("descriptors", "mappings")),
          READS,
          WRITES,
          WORK);

  /** Those of a cache. */
  static final List<Chart> CACHE =
      List.of(
          new Chart(
              "space",
              "The bound, the file, and what is in it",
              "MiB",
              false,
              List.of("boundMiB", "fileMiB", "usedMiB", "payloadMiB")),
          new Chart(
              "gone",
              "Entries that went in a second",
              "number",
              true,
              List.of("evicted", "expired", "rejected")),
          READS,
          WRITES,
          WORK);

  /**
   * Draws charts.
   *
   * @param prefix of the names of their files
   */
  static void draw(Path csv, Path out, String prefix, List<Chart> charts) throws IOException {
    List<String> lines = Files.readAllLines(csv);
    List<String> names = List.of(lines.get(0).split(","));
    List<String[]> rows = lines.stream().skip(1).map(line -> line.split(",", -1)).toList();
    for (Chart chart : charts) {
      draw(out.resolve(prefix + "-" + chart.name() + ".svg"), chart, names, rows);
    }
  }

  private static void draw(Path file, Chart lines, List<String> names, List<String[]> rows)
      throws IOException {
    XYSeriesCollection data = new XYSeriesCollection();
    int step = Math.max(1, rows.size() / POINTS);
    for (String column : lines.columns()) {
      int index = names.indexOf(column);
      XYSeries series = new XYSeries(column);
      for (int from = 0; from < rows.size(); from += step) {
        // The largest of a few seconds, so that no peak is lost.
        double most = 0;
        for (int i = from; i < Math.min(rows.size(), from + step); i++) {
          most = Math.max(most, Double.parseDouble(rows.get(i)[index]));
        }
        series.add(Double.parseDouble(rows.get(from)[0]) / 60, Math.max(most, 0.1));
      }
      data.addSeries(series);
    }
    JFreeChart chart = ChartFactory.createXYLineChart(lines.title(), "minutes", lines.axis(), data);
    chart.setBackgroundPaint(Color.WHITE);
    XYPlot plot = chart.getXYPlot();
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    plot.setOutlineVisible(false);
    if (lines.logarithmic()) {
      plot.setRangeAxis(new LogAxis(lines.axis()));
    }
    // One path for each line: a tenth of the bytes.
    ((XYLineAndShapeRenderer) plot.getRenderer()).setDrawSeriesLineAsPath(true);
    for (int i = 0; i < lines.columns().size(); i++) {
      plot.getRenderer().setSeriesPaint(i, COLOURS.get(i));
      plot.getRenderer().setSeriesStroke(i, new BasicStroke(1));
    }
    SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, HEIGHT);
    graphics.setDefsKeyPrefix("chart-");
    chart.draw(graphics, new Rectangle(WIDTH, HEIGHT));
    Files.writeString(file, graphics.getSVGElement() + "\n");
  }
}
