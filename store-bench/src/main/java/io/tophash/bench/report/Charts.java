package io.tophash.bench.report;

import io.tophash.bench.store.StoreKind;
import java.awt.Color;
import java.awt.Paint;
import java.awt.Rectangle;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/** Makes the charts, as SVG. The same results give the same bytes. */
final class Charts {
  private static final int WIDTH = 900;
  private static final int ROW_HEIGHT = 22;
  private static final int FRAME_HEIGHT = 150;
  private static final int LABEL_LINES = 3;
  private static final float LABEL_PART = 0.25f;

  /** What the bars show: a few figures of each shape, so that the chart can still be read. */
  private static final Set<Figure> BARS =
      EnumSet.of(
          Figure.DEPENDENT_GET,
          Figure.INDEPENDENT_GET,
          Figure.GET_ALL_32,
          Figure.MISS,
          Figure.PUT,
          Figure.PUT_NEW,
          Figure.ITERATE,
          Figure.FILL,
          Figure.INDEPENDENT_GET_2,
          Figure.STRING_GET,
          Figure.STRING_PUT,
          Figure.STRING_ITERATE,
          Figure.STRING_FILL,
          Figure.YCSB_A,
          Figure.YCSB_C,
          Figure.YCSB_D,
          Figure.YCSB_A_2,
          Figure.YCSB_C_2);

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
    Curves.of(results)
        .forEach((name, chart) -> charts.put(name, drawn(chart.chart(), chart.height())));
    return charts;
  }

  private static DefaultCategoryDataset throughput(
      Results results, int entries, Shape shape, StoreKind base) {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    for (Figure figure : Figure.values()) {
      if (figure.shape() != shape || shape != Shape.GO_MAP && !BARS.contains(figure)) {
        continue;
      }
      for (StoreKind kind : StoreKind.values()) {
        double ratio = Markdown.ratio(results, figure, kind, base, entries);
        if (ratio > 0 && kind != base && !kind.isFloor()) {
          data.addValue(ratio, kind.title(), figure.title());
        }
      }
    }
    return data;
  }

  private static DefaultCategoryDataset space(Results results, int entries) {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    for (StoreKind kind : StoreKind.values()) {
      Summary grown = results.summary(Figure.SPACE, kind.id(), entries);
      if (grown != null && kind != StoreKind.TOPHASH_FAST && kind != StoreKind.SYNC_FAST) {
        data.addValue(grown.median(), "file or memory", kind.title());
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
    CategoryPlot plot = chart.getCategoryPlot();
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    plot.setOutlineVisible(false);
    plot.getDomainAxis().setMaximumCategoryLabelLines(LABEL_LINES);
    plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(LABEL_PART);
    boolean ratios = data.getRowCount() > 1;
    BarRenderer bars = ratios ? new BarRenderer() : new StoreBars();
    plot.setRenderer(bars);
    bars.setBarPainter(new StandardBarPainter());
    bars.setShadowVisible(false);
    bars.setItemMargin(0.05);
    if (ratios) {
      plot.setRangeAxis(timesAxis(axis));
      bars.setBase(1); // what is slower goes to the other side
      for (int row = 0; row < data.getRowCount(); row++) {
        bars.setSeriesPaint(row, Palette.of(data.getRowKey(row)));
      }
    }
    int height = FRAME_HEIGHT + data.getColumnCount() * (data.getRowCount() + 1) * ROW_HEIGHT / 2;
    return drawn(chart, height);
  }

  /** Twice as fast and half as fast are equally far from 1. */
  private static LogAxis timesAxis(String title) {
    LogAxis times = new LogAxis(title);
    times.setBase(2);
    times.setTickUnit(new NumberTickUnit(1));
    times.setNumberFormatOverride(new Times());
    return times;
  }

  /** A ratio as people say it: 4×, 1/4. */
  private static final class Times extends NumberFormat {
    private static final long serialVersionUID = 1;

    @Override
    public StringBuffer format(double ratio, StringBuffer target, FieldPosition position) {
      return ratio > 0.9
          ? target.append(Math.round(ratio)).append('×')
          : target.append("1/").append(Math.round(1 / ratio));
    }

    @Override
    public StringBuffer format(long ratio, StringBuffer target, FieldPosition position) {
      return format((double) ratio, target, position);
    }

    @Override
    public Number parse(String text, ParsePosition position) {
      throw new UnsupportedOperationException("only for showing");
    }
  }

  /** One bar for each store, in its colour, with its value. */
  private static final class StoreBars extends BarRenderer {
    private static final long serialVersionUID = 1;

    StoreBars() {
      setDefaultItemLabelGenerator(
          new StandardCategoryItemLabelGenerator(
              "{2}", new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT))));
      setDefaultItemLabelsVisible(true);
      setDefaultPositiveItemLabelPosition(
          new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
    }

    @Override
    public Paint getItemPaint(int row, int column) {
      return Palette.of(getPlot().getDataset().getColumnKey(column));
    }
  }

  private static String drawn(JFreeChart chart, int height) {
    chart.setBackgroundPaint(Color.WHITE);
    SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, height);
    graphics.setDefsKeyPrefix("chart-"); // not the time, which is the default
    chart.draw(graphics, new Rectangle(WIDTH, height));
    return graphics.getSVGElement() + "\n";
  }
}
