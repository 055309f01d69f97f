package io.tophash.core.fault;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A store's file, and what it must contain.
 *
 * @param subject name of the kind of content
 * @param state how the store came to its end, e.g. "closed"
 * @param bytes of the file
 * @param older the same file somewhat earlier
 * @param versions for each key which of its values it has, -1 if it is absent
 * @param inFlight the key of an operation that was cut off, -1 if there was none
 */
record Image(
    String subject, String state, byte[] bytes, byte[] older, int[] versions, int inFlight) {

  /** The rest of the file of a sparse image is zeros, and not stored. */
  private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    int used = bytes.length;
    while (used > 0 && bytes[used - 1] == 0) {
      used--;
    }
    out.writeInt(bytes.length);
    out.writeInt(used);
    out.write(bytes, 0, used);
  }

  private static byte[] readBytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes, 0, in.readInt());
    return bytes;
  }

  void write(Path path) throws IOException {
    try (OutputStream out = Files.newOutputStream(path)) {
      write(out);
    }
  }

  /** The same without the older file. */
  Image withoutOlder() {
    return new Image(subject, state, bytes, new byte[0], versions, inFlight);
  }

  void write(OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream));
    out.writeUTF(subject);
    out.writeUTF(state);
    out.writeInt(inFlight);
    out.writeInt(versions.length);
    for (int version : versions) {
      out.writeInt(version);
    }
    writeBytes(out, bytes);
    writeBytes(out, older);
    out.flush();
  }

  static Image read(Path path) throws IOException {
    return read(new ByteArrayInputStream(Files.readAllBytes(path)));
  }

  static Image read(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    String subject = in.readUTF();
    String state = in.readUTF();
    int inFlight = in.readInt();
    int[] versions = new int[in.readInt()];
    for (int i = 0; i < versions.length; i++) {
      versions[i] = in.readInt();
    }
    return new Image(subject, state, readBytes(in), readBytes(in), versions, inFlight);
  }
}
