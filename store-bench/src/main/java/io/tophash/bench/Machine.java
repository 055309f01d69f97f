package io.tophash.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the suite runs on, for the head of the report: no names of hosts, no paths, no dates. */
final class Machine {
  private static final List<String> LIBRARIES =
      List.of(
          "chronicle-map-",
          "lmdbjava-",
          "rocksdbjni-",
          "mapdb-",
          "h2-mvstore-",
          "ehcache-",
          "caffeine-",
          "agrona-",
          "jmh-core-");

  private Machine() {}

  static Map<String, String> describe(Path directory) throws IOException {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("Processor", valueOf("/proc/cpuinfo", "model name"));
    machine.put("Processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("Memory", memory());
    machine.put("System", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    machine.put("Kernel", System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1"));
    machine.put("Files on", Files.getFileStore(directory).type());
    machine.put(
        "JVM",
        System.getProperty("java.vm.name")
            + " "
            + System.getProperty("java.runtime.version")
            + ", "
            + System.getProperty("java.vm.vendor"));
    machine.put("Libraries", libraries());
    return machine;
  }

  private static String memory() {
    String kib = valueOf("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
    return kib.isEmpty()
        ? "unknown"
        : String.format(Locale.ROOT, "%d GiB", Math.round(Long.parseLong(kib) / (1024.0 * 1024)));
  }

  private static String valueOf(String file, String name) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String libraries() {
    File[] jars = new File(home(), "lib").listFiles();
    return Stream.of(jars == null ? new File[0] : jars)
        .map(jar -> jar.getName().replaceFirst("\\.jar$", ""))
        .filter(name -> LIBRARIES.stream().anyMatch(name::startsWith))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** The directory of the jar or of the classes: Maven's target directory. */
  static File home() {
    return new File(Machine.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .getParentFile();
  }
}
