package io.tophash.core;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.lifecycle.MachineStop;
import io.tophash.core.table.Table;
import io.tophash.core.table.TableVerifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Verifies a whole table, and makes the report that users get. */
final class Verification {
  private Verification() {}

  /** Verifies a table that does not change meanwhile. */
  static VerifyReport run(Table table, VerifyProgress progress) {
    List<VerifyReport.Finding> findings = new ArrayList<>();
    long[] count = new long[1];
    TableVerifier verifier =
        new TableVerifier(
            table,
            (section, position, problem) -> {
              if (count[0]++ < VerifyReport.MAX_FINDINGS) {
                findings.add(new VerifyReport.Finding(section, position, problem));
              }
            });
    long entries = verifier.run(progress::verified);
    return new VerifyReport(entries, count[0], List.copyOf(findings));
  }

  /**
   * Verifies a store that is opened after the machine stopped.
   *
   * @throws io.tophash.core.errors.CorruptStoreException if anything is wrong with it
   */
  static void afterMachineStop(Table table, Path store, VerifyProgress progress) {
    MachineStop.logBegin(store);
    VerifyReport report = run(table, progress);
    MachineStop.logEnd(store, report.entries(), report.findingCount());
    if (!report.isClean()) {
      VerifyReport.Finding first = report.findings().get(0);
      throw MachineStop.corrupt(
          report.findingCount(), first.section(), first.position(), first.problem());
    }
  }

  /**
   * Verifies a store that was closed with sums, which are damaged.
   *
   * @throws CorruptStoreException if anything else is, too
   */
  static void withoutSums(Table table, VerifyProgress progress) {
    VerifyReport report = run(table, progress);
    if (!report.isClean()) {
      VerifyReport.Finding first = report.findings().get(0);
      throw new CorruptStoreException(
          first.section(), first.position(), first.problem() + "; see `tophash recover`");
    }
  }
}
