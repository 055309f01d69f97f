package io.tophash.bench.report;

import io.tophash.bench.store.StoreKind;
import java.awt.Color;
import java.awt.Rectangle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/** Makes the charts, as SVG. The same results give the same bytes. */
final class Charts {
  private static final int WIDTH = 900;
  private static final int ROW_HEIGHT = 22;
  private static final int FRAME_HEIGHT = 110;
  private static final List<StoreKind> SHOWN =
      List.of(
          StoreKind.TOPHASH,
          StoreKind.TOPHASH_FAST,
          StoreKind.SYNC,
          StoreKind.SYNC_FAST,
          StoreKind.CHRONICLE,
          StoreKind.LMDB);
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x1b7837),
          new Color(0x5aae61),
          new Color(0x2166ac),
          new Color(0x67a9cf),
          new Color(0x9970ab),
          new Color(0xc2a5cf),
          new Color(0x878787));

  private Charts() {}

  /** The charts by name; one that has nothing to show is left out. */
  static Map<String, String> of(Results results) {
    Map<String, String> charts = new LinkedHashMap<>();
    for (Integer entries : Markdown.sizes(results, Shape.LONGS).stream().limit(1).toList()) {
      String suffix = String.format(Locale.ROOT, ", %,d entries", entries);
      add(
          charts,
          "throughput",
          "Throughput, long to long, ConcurrentHashMap = 1" + suffix,
          "times ConcurrentHashMap (more is better)",
          throughput(results, entries, Shape.LONGS, StoreKind.CHM));
      add(
          charts,
          "space",
          "Bytes per entry of 16 bytes" + suffix,
          "bytes per entry (less is better)",
          space(results, entries));
    }
    for (Integer entries : Markdown.sizes(results, Shape.STRINGS).stream().limit(1).toList()) {
      add(
          charts,
          "strings",
          String.format(
              Locale.ROOT,
              "Throughput, string to 100 bytes, ConcurrentHashMap = 1, %,d entries",
              entries),
          "times ConcurrentHashMap (more is better)",
          throughput(results, entries, Shape.STRINGS, StoreKind.CHM));
    }
    for (Integer entries : Markdown.sizes(results, Shape.GO_MAP)) {
      add(
          charts,
          "sync-map",
          "Go's benchmarks of sync.Map, locked HashMap = 1, 2 threads",
          "times the locked HashMap (more is better)",
          throughput(results, entries, Shape.GO_MAP, StoreKind.LOCKED));
    }
    return charts;
  }

  private static DefaultCategoryDataset throughput(
      Results results, int entries, Shape shape, StoreKind base) {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    for (Figure figure : Figure.values()) {
      boolean fill = figure == Figure.FILL || figure == Figure.STRING_FILL;
      if (figure.shape() != shape || !figure.isBenchmark() && !fill) {
        continue;
      }
      for (StoreKind kind : shown(base)) {
        double ratio = Markdown.ratio(results, figure, kind, base, entries);
        if (ratio > 0) {
          data.addValue(ratio, kind.title(), figure.id());
        }
      }
    }
    return data;
  }

  private static List<StoreKind> shown(StoreKind base) {
    return base == StoreKind.CHM
        ? SHOWN
        : List.of(StoreKind.SYNC, StoreKind.SYNC_FAST, StoreKind.CHM);
  }

  private static DefaultCategoryDataset space(Results results, int entries) {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    for (StoreKind kind : StoreKind.values()) {
      Summary grown = results.summary(Figure.SPACE, kind.id(), entries);
      if (grown != null && kind != StoreKind.TOPHASH_FAST && kind != StoreKind.SYNC_FAST) {
        data.addValue(grown.median(), "file or heap", kind.title());
      }
    }
    return data;
  }

  private static void add(
      Map<String, String> charts,
      String name,
      String title,
      String axis,
      DefaultCategoryDataset data) {
    if (data.getRowCount() > 0) {
      charts.put(name, svg(title, axis, data));
    }
  }

  private static String svg(String title, String axis, DefaultCategoryDataset data) {
    JFreeChart chart =
        ChartFactory.createBarChart(
            title,
            null,
            axis,
            data,
            PlotOrientation.HORIZONTAL,
            data.getRowCount() > 1,
            false,
            false);
    chart.setBackgroundPaint(Color.WHITE);
    CategoryPlot plot = chart.getCategoryPlot();
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    plot.setOutlineVisible(false);
    BarRenderer bars = (BarRenderer) plot.getRenderer();
    bars.setBarPainter(new StandardBarPainter());
    bars.setShadowVisible(false);
    bars.setItemMargin(0.05);
    for (int row = 0; row < data.getRowCount(); row++) {
      bars.setSeriesPaint(row, COLOURS.get(row % COLOURS.size()));
    }
    int height = FRAME_HEIGHT + data.getColumnCount() * (data.getRowCount() + 1) * ROW_HEIGHT / 2;
    SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, height);
    graphics.setDefsKeyPrefix("chart-"); // not the time, which is the default
    chart.draw(graphics, new Rectangle(WIDTH, height));
    return graphics.getSVGElement() + "\n";
  }
}
