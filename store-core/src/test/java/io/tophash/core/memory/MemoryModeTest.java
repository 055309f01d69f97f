package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.testing.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which mode a JVM takes; decided once, so each case needs a JVM of its own. */
@Tag("contract")
class MemoryModeTest {
  static final String OPENS = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

  /** Prints the mode, or the exception, of its JVM. */
  static final class PrintMode {
    public static void main(String[] args) {
      try {
        System.out.println(MemoryMode.current() + " " + MemoryMode.IS_FAST);
      } catch (IllegalStateException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }

  private static String modeOf(boolean opened, String property) {
    List<String> flags = new ArrayList<>();
    if (opened) {
      flags.add(OPENS);
    }
    if (property != null) {
      flags.add("-D" + MemoryMode.PROPERTY + "=" + property);
    }
    try (ChildJvm child = ChildJvm.start(flags, PrintMode.class)) {
      return child.readLine();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false,,DEFAULT false",
    "false,auto,DEFAULT false",
    "false,default,DEFAULT false",
    "true,,FAST true",
    "true,auto,FAST true",
    "true,default,DEFAULT false",
    "true,Fast,FAST true"
  })
  void theModeFollowsTheFlagAndTheProperty(boolean opened, String property, String expected) {
    assertEquals(expected, modeOf(opened, property));
  }

  @ParameterizedTest
  @CsvSource({
    "false,fast,--add-opens java.base/jdk.internal.misc=ALL-UNNAMED",
    "true,quick,unknown memory mode: -Dtophash.memory=quick",
    "false,quick,unknown memory mode: -Dtophash.memory=quick"
  })
  void whatCannotBeHadIsRefused(boolean opened, String property, String reason) {
    String answer = modeOf(opened, property);
    assertTrue(answer.startsWith("refused: ") && answer.contains(reason), answer);
  }
}
