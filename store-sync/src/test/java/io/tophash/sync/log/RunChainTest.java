package io.tophash.sync.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tophash.sync.log.LogFileHeader.Kind;
import io.tophash.sync.log.RunChain.Link;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which run of a log follows which. The odd ones go on where the one before has ended. */
@Tag("contract")
class RunChainTest {
  private static LogFileHeader file(long run, long firstSeq, long previous, long ordinal) {
    return new LogFileHeader(Kind.WHOLE, run, firstSeq, previous, ordinal);
  }

  /** What it would be if the number of the next batch were all that counts. */
  private static long byNumber(Map<Integer, LogFileHeader> files, long run, long end) {
    return files.values().stream()
        .filter(header -> header.run() != run && header.firstSeq() == end)
        .mapToLong(LogFileHeader::run)
        .findFirst()
        .orElse(0);
  }

  @Test
  void eachRunEndsWhereTheNextOneBegins() {
    Map<Integer, LogFileHeader> files =
        Map.of(
            0, file(11, 1, 0, 1),
            1, file(11, 6, 0, 2),
            2, file(13, 10, 11, 3),
            3, file(15, 10, 13, 4), // nothing was changed between two openings
            4, file(15, 40, 0, 5));
    RunChain chain = RunChain.of(files, 15);
    assertEquals(new Link(10, 13), chain.behind(11));
    assertEquals(new Link(10, 15), chain.behind(13));
    assertNull(chain.behind(15));
    assertNull(chain.behind(99));
  }

  @Test
  void whatWasLeftIsNotInIt() {
    Map<Integer, LogFileHeader> files =
        Map.of(
            0, file(11, 1, 0, 1),
            1, file(13, 9, 11, 2), // of a state that the store has gone back from
            2, file(17, 5, 11, 3));
    RunChain chain = RunChain.of(files, 17);
    assertEquals(new Link(5, 17), chain.behind(11));
    assertNull(chain.behind(13));
    assertEquals(13, byNumber(files, 11, 9), "by numbers alone it would be followed");
  }

  @Test
  void itEndsAtAGap() {
    Map<Integer, LogFileHeader> files =
        Map.of(0, file(11, 1, 0, 1), 1, file(14, 5, 11, 2), 2, file(15, 8, 14, 3));
    RunChain chain = RunChain.of(files, 15);
    assertEquals(new Link(8, 15), chain.behind(14));
    assertEquals(new Link(5, 14), chain.behind(11)); // whose bit says that changes are missing
    RunChain longer = RunChain.of(Map.of(0, file(15, 8, 13, 3), 1, file(17, 9, 15, 4)), 17);
    assertEquals(new Link(8, 15), longer.behind(13));
    assertNull(longer.behind(11));
  }

  @Test
  void filesThatGoRoundEndIt() {
    Map<Integer, LogFileHeader> files = Map.of(0, file(11, 5, 13, 1), 1, file(13, 5, 11, 2));
    assertEquals(new Link(5, 13), RunChain.of(files, 13).behind(11));
    Map<Integer, LogFileHeader> own = Map.of(0, file(11, 5, 11, 1));
    assertEquals(new Link(5, 11), RunChain.of(own, 11).behind(11));
  }
}
