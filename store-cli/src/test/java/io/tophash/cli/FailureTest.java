package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.codec.Codecs;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.IntentLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that cannot be used, damaged ones, and output that nobody reads. */
@Tag("fault")
class FailureTest extends CommandTest {
  private static Object[] commandOn(String command, Path store) {
    return command.equals("get") || command.equals("delete")
        ? new Object[] {command, store, "k"}
        : new Object[] {command, store};
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "delete", "scan", "export", "stat", "verify"})
  void whatIsNoStoreIsExitCode4(String command) {
    run(commandOn(command, path("missing.tph"))).fails(4, "tophash " + command, "no such file");
    run(commandOn(command, dir)).fails(4, "not a regular file");
    run(commandOn(command, file("foreign", "hello, I am text"))).fails(4, "not a Tophash store");
    run(commandOn(command, file("empty", ""))).fails(4, "not a Tophash store");
    assertEquals(false, Files.exists(path("missing.tph")));
  }

  @Test
  void aForeignFileIsNotWritten() throws Exception {
    Path foreign = file("foreign", "hello, I am text");
    run("put", foreign, "k", "v").fails(4, "not a Tophash store");
    run("load", foreign, file("a.tsv", "k\tv\n")).fails(4, "not a Tophash store");
    assertEquals("hello, I am text", Files.readString(foreign));
    run("put", path("no/such/dir.tph"), "k", "v").fails(4, "directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "delete", "scan", "export", "stat", "verify"})
  void aLockedStoreIsExitCode4(String command) {
    Path path = path("a.tph");
    try (HashStore<String, String> store =
        HashStore.builder(Codecs.utf8(), Codecs.utf8()).open(path)) {
      store.put("k", "v");
      run(commandOn(command, path)).fails(4, "open");
      run("put", path, "k", "w").fails(4, "open");
      assertEquals("v", store.get("k"));
    }
  }

  @Test
  void anotherKindOfStoreIsRefused() {
    Path path = newStore(1);
    run("put", path, "k", "v", "--kind", "sync").fails(4, "another kind", "kind=hash");
    run("put", path, "k", "v", "--kind", "hash").ok();
    run("put", path, "k", "v", "--kind", "tree").fails(2, "--kind");
    run("stat", path, "--watch", "--count", "1").fails(2, "SyncStore");
  }

  private Path newStore(int entries) {
    Path path = path("a.tph");
    try (HashStore<String, String> store =
        HashStore.builder(Codecs.utf8(), Codecs.utf8()).open(path)) {
      for (int i = 0; i < entries; i++) {
        store.put("key" + i, "value" + i);
      }
    }
    return path;
  }

  @Test
  void verifyPrintsEachFindingWithItsPosition() throws Exception {
    Path path = newStore(100);
    assertTrue(run("verify", path).ok().out().startsWith("clean: 100 entries"));
    assertEquals(true, run("verify", "--json", path).ok().json().get("clean"));
    byte[] bytes = Files.readAllBytes(path);
    int position = indexOf(bytes, "value42");
    bytes[position] ^= 1;
    Files.write(path, bytes);

    Result text = run("verify", path);
    assertEquals(3, text.code());
    assertEquals("", text.err());
    assertTrue(text.out().contains("value record at "), text::out);
    assertTrue(text.out().contains("DAMAGED: 1 findings, 100 entries walked"), text::out);
    Map<String, Object> json = runJsonDamaged(path);
    assertEquals(false, json.get("clean"));
    assertEquals(1L, json.get("findingCount"));
    assertTrue(json.get("findings").toString().contains("position="), json::toString);
  }

  private static Map<String, Object> runJsonDamaged(Path path) {
    Result result = run("verify", "--json", path);
    assertEquals(3, result.code());
    return result.json();
  }

  private static int indexOf(byte[] bytes, String text) {
    int index = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    assertNotEquals(-1, index, text);
    return index;
  }

  @Test
  void aDamagedHeaderIsExitCode3() throws Exception {
    Path path = newStore(3);
    byte[] bytes = Files.readAllBytes(path);
    bytes[HeaderLayout.KEY_CODEC + 1] ^= 1;
    Files.write(path, bytes);
    run("stat", path).fails(3, "checksum of the header");
    run("get", path, "k").fails(3, "section=header");
    run("verify", path).fails(3, "section=header");
    assertTrue(runJsonDamaged(path).get("failure").toString().contains("checksum"));
  }

  @Test
  void aTruncatedFileIsExitCode3() throws Exception {
    Path path = newStore(1000);
    byte[] bytes = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(bytes, 3000));
    run("scan", path).fails(3, "truncated");
    Files.write(path, Arrays.copyOf(bytes, bytes.length / 2));
    assertEquals(3, run("verify", path).code());
  }

  /**
   * Leaves the store as a writer does that is killed right after it noted what it is going to do.
   */
  private static void leaveUnsettled(Path path) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    words.putLong(HeaderLayout.UNCLEAN, 1);
    words.putInt(IntentLayout.PENDING_KEY, 1 << 14);
    Files.write(path, bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "scan", "export", "stat", "verify"})
  void readersSettleWhatAKilledWriterLeft(String command) throws Exception {
    Path path = path("a.tph");
    run("put", path, "k", "v").ok();
    leaveUnsettled(path);
    Result result = run(commandOn(command, path));
    assertEquals(0, result.code(), result.err());
    assertTrue(result.err().contains("settled now"), result.err());
    assertNotEquals("", result.out());
    run(commandOn(command, path)).ok(); // and says so only once
  }

  /** A pipe whose reader has gone after so many bytes. */
  private static final class BrokenPipe extends OutputStream {
    private final int room;
    private int written;

    BrokenPipe(int room) {
      this.room = room;
    }

    @Override
    public void write(int b) throws IOException {
      if (++written > room) {
        throw new IOException("Broken pipe");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scan", "export"})
  void aReaderThatHasGoneEndsTheCommandQuietly(String command) {
    Path store = newStore(20_000);
    for (int room : new int[] {0, 10, 70_000}) {
      BrokenPipe out = new BrokenPipe(room);
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false);
      assertEquals(0, Tophash.run(console, command, store.toString()));
      assertEquals("", err.toString(StandardCharsets.UTF_8));
      assertTrue(out.written > room, "the pipe was never broken");
    }
    run("verify", store).ok();
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() {
    Path store = newStore(1);
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(new ByteArrayInputStream(new byte[0]), full, err, false, false);
    assertEquals(4, Tophash.run(console, "scan", store.toString()));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("No space left"));
  }

  @Test
  void stackTracesAreForDebuggingOnly() {
    Path missing = path("missing.tph");
    run("get", missing, "k").fails(4);
    Result after = run("get", "--debug", missing, "k");
    assertEquals(4, after.code());
    assertTrue(after.err().contains("\tat io.tophash."), after.err());
    Result before = run("--debug", "get", missing, "k");
    assertEquals(4, before.code());
    assertTrue(before.err().contains("\tat io.tophash."), before.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"demo", "load", "get", "put", "delete", "scan", "export", "stat", "verify"})
  void theHelpListsTheExitCodes(String command) {
    String help = run(command, "--help").ok().out();
    assertTrue(help.contains("Exit codes:"), help);
    assertTrue(help.contains("  3    The store is damaged"), help);
    assertTrue(run("--help").ok().out().contains("  " + command + " "), command);
  }
}
