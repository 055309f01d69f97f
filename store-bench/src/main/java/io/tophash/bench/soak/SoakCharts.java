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

  static void draw(Path csv, Path out) throws IOException {
    List<String> lines = Files.readAllLines(csv);
    List<String> names = List.of(lines.get(0).split(","));
    List<String[]> rows = lines.stream().skip(1).map(line -> line.split(",", -1)).toList();
    chart(
        out,
        "memory",
        "Memory of the process that lives",
        "MiB",
        false,
        names,
        rows,
        List.of("heapMiB", "rssAnonMiB", "rssMappedMiB"));
    chart(
        out,
        "file",
        "The file",
        "MiB",
        false,
        names,
        rows,
        List.of("fileMiB", "diskMiB", "usedMiB", "freeMiB"));
    chart(
        out,
        "handles",
        "Descriptors and mappings",
        "number",
        false,
        names,
        rows,
        List.of("descriptors", "mappings"));
    chart(
        out,
        "reads",
        "Latency of lookups",
        "microseconds",
        true,
        names,
        rows,
        List.of("readP50Us", "readP99Us", "readP999Us", "readMaxUs"));
    chart(
        out,
        "writes",
        "Latency of changes",
        "microseconds",
        true,
        names,
        rows,
        List.of("writeP50Us", "writeP99Us", "writeP999Us", "writeMaxUs"));
    chart(
        out,
        "work",
        "Operations in a second, and entries",
        "number",
        false,
        names,
        rows,
        List.of("reads", "writes", "entries"));
  }

  private static void chart(
      Path out,
      String name,
      String title,
      String axis,
      boolean logarithmic,
      List<String> names,
      List<String[]> rows,
      List<String> columns)
      throws IOException {
    XYSeriesCollection data = new XYSeriesCollection();
    int step = Math.max(1, rows.size() / POINTS);
    for (String column : columns) {
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
    JFreeChart chart = ChartFactory.createXYLineChart(title, "minutes", axis, data);
    chart.setBackgroundPaint(Color.WHITE);
    XYPlot plot = chart.getXYPlot();
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    plot.setOutlineVisible(false);
    if (logarithmic) {
      plot.setRangeAxis(new LogAxis(axis));
    }
    // One path for each line: a tenth of the bytes.
    ((XYLineAndShapeRenderer) plot.getRenderer()).setDrawSeriesLineAsPath(true);
    for (int i = 0; i < columns.size(); i++) {
      plot.getRenderer().setSeriesPaint(i, COLOURS.get(i));
      plot.getRenderer().setSeriesStroke(i, new BasicStroke(1));
    }
    SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, HEIGHT);
    graphics.setDefsKeyPrefix("chart-");
    chart.draw(graphics, new Rectangle(WIDTH, HEIGHT));
    Files.writeString(out.resolve("soak-" + name + ".svg"), graphics.getSVGElement() + "\n");
  }
}
