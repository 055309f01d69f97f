package io.tophash.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the command's exit codes mean. */
final class ExitCode {
  static final int OK = 0;

  /** The key is not in the store. */
  static final int ABSENT = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** The store is damaged, or a check failed. */
  static final int DAMAGED = 3;

  /** The store or a file cannot be used: missing, foreign, locked, full, not permitted. */
  static final int STORE = 4;

  /** What was to be stored cannot be read as what it should be. */
  static final int INPUT = 5;

  /** A defect of this program, or too little memory. */
  static final int INTERNAL = 70;

  /** For the help text. */
  static final Map<String, String> LIST = newList();

  private ExitCode() {}

  private static Map<String, String> newList() {
    Map<String, String> list = new LinkedHashMap<>();
    list.put("0", "Done.");
    list.put("1", "The key is not in the store (get, delete).");
    list.put("2", "The command line is wrong.");
    list.put("3", "The store is damaged, or a check of the demo failed.");
    list.put(
        "4", "The store or a file cannot be used: missing, foreign, locked, full, not permitted.");
    list.put("5", "The input is malformed: a line of a file, a key or value unfit for the store.");
    list.put("70", "A defect of this program, or too little memory.");
    return list;
  }
}
