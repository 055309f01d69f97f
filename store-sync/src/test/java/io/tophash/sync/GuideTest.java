package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the examples of the guide's chapter, all in one directory, in their order. */
@Tag("contract")
class GuideTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "guide.md");
  private static final String CHAPTER = "## Many threads, many processes: SyncStore";
  private static final String HEAD =
      """
      import static java.nio.charset.StandardCharsets.UTF_8;
      import io.tophash.core.codec.*;
      import io.tophash.sync.*;
      import java.nio.ByteBuffer;
      import java.nio.file.Path;
      import java.util.*;
      import java.util.concurrent.ConcurrentMap;

      public class Examples {
        public static void run(Path dir) throws Exception {
      """;

  @TempDir Path dir;

  private static List<String> examples() throws IOException {
    List<String> examples = new ArrayList<>();
    boolean inChapter = false;
    StringBuilder example = null;
    for (String line : Files.readAllLines(DOCUMENT)) {
      if (line.startsWith("## ")) {
        inChapter = line.equals(CHAPTER);
      } else if (inChapter && line.equals("```java")) {
        example = new StringBuilder();
      } else if (example != null && line.equals("```")) {
        examples.add(example.toString());
        example = null;
      } else if (example != null) {
        example.append(line).append('\n');
      }
    }
    return examples;
  }

  @Test
  void theExamplesRun() throws Exception {
    List<String> examples = examples();
    assertTrue(examples.size() >= 3, () -> "examples=" + examples.size());
    Path source = dir.resolve("Examples.java");
    Files.writeString(source, HEAD + String.join("\n", examples) + "}}\n");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of("-proc:none", "-d", dir.toString(), "-cp", System.getProperty("java.class.path"));
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertTrue(compiled, messages::toString);
    }
    try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
      loader.loadClass("Examples").getMethod("run", Path.class).invoke(null, dir);
    }
    try (LongSyncStore hits = SyncStore.longs().open(dir.resolve("hits.tph"))) {
      assertEquals(1, hits.get(42), "what the examples did is in the file");
    }
  }
}
