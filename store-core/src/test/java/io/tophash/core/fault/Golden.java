package io.tophash.core.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.BootId;
import io.tophash.core.testing.ChildJvm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Files of the present format, kept as resources under its version; those of a released format stay
 * as they are. Every build opens them: those that were closed, those in the middle of a growth,
 * those whose process was killed at a certain point. What they contain stands beside them and
 * follows from their subjects, which must therefore stay as they are.
 */
public final class Golden {
  private static final String INDEX = "index";

  private final Class<?> subjects;
  private final String folder;

  /**
   * @param subjects supplies the subjects, has the resources beside it
   * @param folder name of the resources' folder, with the version of the format
   */
  public Golden(Class<?> subjects, String folder) {
    this.subjects = subjects;
    this.folder = "/golden/" + folder + "/";
  }

  /** Makes all files anew, when the format has changed. */
  public void generate(Path resources, Path scratch) throws IOException {
    try (ChildJvm maker =
        ChildJvm.start(
            List.of("-Dtophash.crashHook=io.tophash.core.crash.CrashHook"),
            ImageMaker.class,
            subjects.getName(),
            scratch.resolve("images"),
            scratch.resolve("made"))) {
      maker.assertSucceeds();
    }
    Path target = Files.createDirectories(Path.of(resources + folder));
    List<String> names = new ArrayList<>();
    for (Image image : FaultWorker.images(scratch.resolve("images"))) {
      String name = (image.subject() + " " + image.state()).replaceAll("[^A-Za-z0-9]+", "-");
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
        image.withoutOlder().write(out);
      }
      Files.write(target.resolve(name + ".gz"), packed.toByteArray());
      names.add(name);
    }
    Files.write(target.resolve(INDEX), names);
  }

  /** Names of the files. */
  public List<String> names() throws IOException {
    return new String(resource(INDEX), StandardCharsets.UTF_8).lines().toList();
  }

  private byte[] resource(String name) throws IOException {
    try (InputStream in = subjects.getResourceAsStream(folder + name)) {
      return Objects.requireNonNull(in, folder + name).readAllBytes();
    }
  }

  /** Opens a file, compares all of its content, and goes on using it. */
  public void check(String name, Path path) throws IOException, ReflectiveOperationException {
    Image image;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(resource(name + ".gz")))) {
      image = Image.read(in);
    }
    for (Subject<?, ?> subject : FaultWorker.subjects(subjects.getName())) {
      if (subject.name().equals(image.subject())) {
        Files.write(path, onThisRunOfTheMachine(image.bytes()));
        check(subject, image, path);
        return;
      }
    }
    throw new AssertionError("no such subject: " + image.subject());
  }

  /** The process was killed, and not the power cut: that would leave the last checkpoint only. */
  private static byte[] onThisRunOfTheMachine(byte[] image) {
    ByteBuffer words = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    if (words.getInt(HeaderLayout.KIND) == HeaderLayout.KIND_SYNC) {
      words.putLong(HeaderLayout.BOOT_ID, BootId.current().getMostSignificantBits());
      words.putLong(HeaderLayout.BOOT_ID + 8, BootId.current().getLeastSignificantBits());
    }
    return image;
  }

  private static <K, V> void check(Subject<K, V> subject, Image image, Path path) {
    try (Subject.Opened<K, V> store = subject.open(path, true)) {
      assertSame(subject, image, store);
      assertClean(store);
    } catch (UnsettledStoreException e) {
      assertFalse(image.state().equals("closed"), "a closed store is settled");
    }
    try (Subject.Opened<K, V> store = subject.open(path, false)) {
      assertSame(subject, image, store);
      assertClean(store);
      for (int i = 0; i < subject.keys(); i++) {
        if (i % 3 == 0) {
          store.map().remove(subject.key(i));
        } else {
          store.map().put(subject.key(i), subject.value(i, 0));
        }
      }
      assertClean(store);
    }
    try (Subject.Opened<K, V> store = subject.open(path, true)) {
      for (int i = 0; i < subject.keys(); i++) {
        V expected = i % 3 == 0 ? null : subject.value(i, 0);
        assertTrue(Objects.deepEquals(expected, store.map().get(subject.key(i))));
      }
      assertClean(store);
    }
  }

  private static void assertClean(Subject.Opened<?, ?> store) {
    VerifyReport report = store.store().verify();
    assertTrue(report.isClean(), report::toString);
  }

  /** All entries, asked one by one and walked; one that was in flight is as before or as after. */
  private static <K, V> void assertSame(
      Subject<K, V> subject, Image image, Subject.Opened<K, V> store) {
    Map<K, V> walked = new HashMap<>();
    store.map().forEach(walked::put);
    int size = 0;
    for (int i = 0; i < subject.keys(); i++) {
      K key = subject.key(i);
      V found = store.map().get(key);
      size += found == null ? 0 : 1;
      assertTrue(Objects.deepEquals(found, walked.get(key)), () -> "walked, key=" + key);
      int version = image.versions()[i];
      if (i != image.inFlight()) {
        V expected = version < 0 ? null : subject.value(i, version);
        assertTrue(Objects.deepEquals(expected, found), () -> "key=" + key + " found=" + found);
      }
    }
    assertEquals(size, walked.size());
    assertEquals(size, store.store().sizeLong());
  }
}
