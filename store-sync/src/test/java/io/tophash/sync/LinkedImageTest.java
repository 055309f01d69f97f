package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tophash.core.testing.ChildJvm;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program over both stores is linked to an image of its own, without what is optional. */
@Tag("contract")
class LinkedImageTest {
  /** Folders of classes, or the jar of the core if it was packaged before. */
  private static final Pattern NEEDED =
      Pattern.compile(
          "store-(core|sync)/target/classes|/store-core-(?!.*-tests\\.jar)[^/]*\\.jar|hash4j-");

  @TempDir Path dir;

  @Test
  void aLinkedProgramUsesBothStores() throws Exception {
    assumeTrue(ToolProvider.findFirst("jlink").isPresent());
    Path source = Files.createDirectories(dir.resolve("src/app"));
    Files.writeString(
        dir.resolve("src/module-info.java"), "module app { requires io.tophash.sync; }");
    Files.writeString(
        source.resolve("Main.java"),
        """
        package app;

        import io.tophash.core.HashStore;
        import io.tophash.core.codec.Codecs;
        import io.tophash.sync.SyncStore;
        import java.nio.file.Path;

        public class Main {
          public static void main(String[] args) {
            try (var store =
                HashStore.builder(Codecs.utf8(), Codecs.utf8()).open(Path.of(args[0]))) {
              store.put("a", "b");
              System.out.println(store.get("a"));
            }
            try (var store = SyncStore.longs().open(Path.of(args[1]))) {
              store.put(1, 2);
              store.forEach((key, value) -> System.out.println(key + " " + value));
              System.out.println(store.verify().isClean());
            }
            System.out.println(ModuleLayer.boot().findModule("org.agrona").isPresent());
          }
        }
        """);
    String modules = String.join(File.pathSeparator, modulePath());
    Path classes = dir.resolve("classes");
    run(
        "javac",
        "-p",
        modules,
        "-d",
        classes.toString(),
        dir.resolve("src/module-info.java").toString(),
        source.resolve("Main.java").toString());
    Path image = dir.resolve("image");
    run(
        "jlink",
        "-p",
        modules + File.pathSeparator + classes,
        "--add-modules",
        "app",
        "--output",
        image.toString());
    Process program =
        new ProcessBuilder(
                image.resolve("bin/java").toString(),
                "-m",
                "app/app.Main",
                dir.resolve("h.tph").toString(),
                dir.resolve("s.tph").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(List.of("b", "1 2", "true", "false"), said.lines().toList(), said);
    assertEquals(0, program.waitFor());
  }

  private static List<String> modulePath() {
    return Arrays.stream(ChildJvm.classPath().split(File.pathSeparator))
        .filter(entry -> NEEDED.matcher(entry.replace('\\', '/')).find())
        .toList();
  }

  private static void run(String tool, String... arguments) {
    int result = ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, arguments);
    assertEquals(0, result, tool);
  }
}
