package io.tophash.bench.store;

import java.util.List;

/**
 * The JVM flags of the stores that want some. Not in the adapters, so that a JVM loads only the
 * adapter that it uses.
 */
final class JvmFlags {
  /** Tophash without any flag of the JVM. */
  static final List<String> DEFAULT = List.of("-Xmx1g", "-Dtophash.memory=default");

  /** Tophash with the flag that opens its fast memory mode. */
  static final List<String> FAST =
      List.of(
          "-Xmx1g",
          "--add-opens",
          "java.base/jdk.internal.misc=ALL-UNNAMED",
          "-Dtophash.memory=fast");

  /** What Chronicle Map's documentation asks for, and its usage reports turned off. */
  static final List<String> CHRONICLE =
      List.of(
          "-Xmx1g",
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
          "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
          "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "-Dchronicle.analytics.disable=true",
          "-Dchronicle.announcer.disable=true");

  /** So that lmdbjava takes its fastest way to read buffers, without its own checks. */
  static final List<String> LMDB =
      List.of(
          "-Xmx1g",
          "--add-opens",
          "java.base/java.nio=ALL-UNNAMED",
          "--add-exports",
          "java.base/sun.nio.ch=ALL-UNNAMED",
          "-Dlmdbjava.disable.checks=true");

  /** Entries on the heap. */
  static final List<String> ON_HEAP = List.of("-Xmx12g");

  /** Entries in direct memory, all of which Ehcache takes at its start. */
  static final List<String> EHCACHE = List.of("-Xmx1g", "-XX:MaxDirectMemorySize=8g");

  private JvmFlags() {}
}
