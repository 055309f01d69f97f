package io.tophash.bench.report;

import io.tophash.bench.store.StoreKind;
import java.awt.BasicStroke;
import java.awt.Color;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTitleAnnotation;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The charts of latencies while stores grow: by percentile, and by time. */
final class Curves {
  private static final double SMALLEST_MICROS = 0.1;
  private static final double PERCENT = 100;
  private static final float LINE = 1.6f;

  private static final int HEIGHT = 480;
  private static final double ROOM_FOR_NAME = 100;
  private static final int PANEL_HEIGHT = 80;
  private static final int FRAME_HEIGHT = 80;

  private Curves() {}

  /** A chart and how high it is. */
  record Tall(JFreeChart chart, int height) {}

  /** The charts by name; one that has nothing to show is left out. */
  static Map<String, Tall> of(Results results) {
    Map<String, Tall> charts = new LinkedHashMap<>();
    results.series().stream()
        .mapToInt(Results.Series::entries)
        .max()
        .ifPresent(
            entries -> {
              NumberAxis percentiles = new NumberAxis("of the puts take at most so long");
              percentiles.setTickUnit(new NumberTickUnit(1, new Nines()));
              String title =
                  String.format(
                      Locale.ROOT, " of puts at a fixed rate while growing, %,d entries", entries);
              add(
                  charts,
                  Results.Series.CURVE,
                  "Latency" + title,
                  percentiles,
                  data(results, Results.Series.CURVE, entries, Curves::nines));
              addPanels(
                  charts,
                  Results.Series.TIME_LINE,
                  "Longest latency" + title,
                  new NumberAxis("seconds since the store was empty"),
                  data(results, Results.Series.TIME_LINE, entries, x -> x));
            });
    return charts;
  }

  /** How many nines a percentile has: 0 for 0 %, 1 for 90 %, 2 for 99 % … */
  private static double nines(double percentile) {
    return -Math.log10(1 - percentile / PERCENT);
  }

  private static XYSeriesCollection data(
      Results results, String name, int entries, DoubleUnaryOperator toX) {
    XYSeriesCollection data = new XYSeriesCollection();
    for (StoreKind kind : StoreKind.values()) {
      for (Results.Series curve : results.series()) {
        if (curve.name().equals(name)
            && curve.entries() == entries
            && curve.store().equals(kind.id())) {
          XYSeries line = new XYSeries(kind.title(), false);
          for (int i = 0; i < curve.x().size(); i++) {
            double micros = Math.max(SMALLEST_MICROS, curve.y().get(i));
            line.add(toX.applyAsDouble(curve.x().get(i)), micros);
          }
          data.addSeries(line);
        }
      }
    }
    return data;
  }

  private static void add(
      Map<String, Tall> charts,
      String name,
      String title,
      NumberAxis horizontal,
      XYSeriesCollection data) {
    if (data.getSeriesCount() == 0) {
      return;
    }
    XYPlot plot = plot(data, horizontal, micros("µs (less is better)", 1));
    charts.put(
        name, new Tall(new JFreeChart(title, JFreeChart.DEFAULT_TITLE_FONT, plot, true), HEIGHT));
  }

  /** A panel for each store, one below the other, as their lines would hide each other. */
  private static void addPanels(
      Map<String, Tall> charts,
      String name,
      String title,
      NumberAxis horizontal,
      XYSeriesCollection data) {
    if (data.getSeriesCount() == 0) {
      return;
    }
    CombinedDomainXYPlot panels = new CombinedDomainXYPlot(horizontal);
    double highest = data.getRangeUpperBound(false);
    for (Object series : data.getSeries()) {
      XYSeries line = (XYSeries) series;
      LogAxis vertical = micros("µs", 2);
      vertical.setRange(SMALLEST_MICROS, Math.max(highest, 1) * ROOM_FOR_NAME);
      XYPlot panel = plot(new XYSeriesCollection(line), null, vertical);
      TextTitle store = new TextTitle(line.getKey().toString());
      store.setPaint(Palette.of(line.getKey()));
      panel.addAnnotation(new XYTitleAnnotation(1, 1, store, RectangleAnchor.TOP_RIGHT));
      panels.add(panel);
    }
    charts.put(
        name,
        new Tall(
            new JFreeChart(title, JFreeChart.DEFAULT_TITLE_FONT, panels, false),
            FRAME_HEIGHT + PANEL_HEIGHT * data.getSeriesCount()));
  }

  private static LogAxis micros(String title, int decades) {
    LogAxis vertical = new LogAxis(title);
    vertical.setSmallestValue(SMALLEST_MICROS);
    vertical.setTickUnit(new NumberTickUnit(decades)); // the powers of ten, or some of them
    vertical.setNumberFormatOverride(NumberFormat.getInstance(Locale.ROOT));
    return vertical;
  }

  private static XYPlot plot(XYSeriesCollection data, NumberAxis horizontal, LogAxis vertical) {
    XYLineAndShapeRenderer lines = new XYLineAndShapeRenderer(true, false);
    lines.setDrawSeriesLineAsPath(true); // one element of the SVG for each store
    for (int i = 0; i < data.getSeriesCount(); i++) {
      lines.setSeriesPaint(i, Palette.of(data.getSeriesKey(i)));
      lines.setSeriesStroke(i, new BasicStroke(LINE));
    }
    XYPlot plot = new XYPlot(data, horizontal, vertical, lines);
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
    plot.setOutlineVisible(false);
    return plot;
  }

  /** Shows a number of nines as the percentile. */
  private static final class Nines extends NumberFormat {
    private static final long serialVersionUID = 1;

    @Override
    public StringBuffer format(double nines, StringBuffer target, FieldPosition position) {
      int digits = Math.max(0, (int) Math.round(nines) - 2);
      double percentile = PERCENT * (1 - Math.pow(10, -nines));
      return target.append(String.format(Locale.ROOT, "%." + digits + "f %%", percentile));
    }

    @Override
    public StringBuffer format(long nines, StringBuffer target, FieldPosition position) {
      return format((double) nines, target, position);
    }

    @Override
    public Number parse(String text, ParsePosition position) {
      throw new UnsupportedOperationException("only for showing");
    }
  }
}
