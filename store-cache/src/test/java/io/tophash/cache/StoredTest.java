package io.tophash.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.CorruptStoreException;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stands in front of the values of a cache: docs/format.md, "Cache". */
@Tag("contract")
class StoredTest {
  private static final long NOW = 1_800_000_000_123L;
  private static final byte[] VALUE = {1, 2, 3, 4, 5};

  private static Stored entry(long expires, long staleMs, long tag) {
    byte[] bytes = Stored.header(expires, NOW, staleMs, tag, VALUE.length);
    System.arraycopy(VALUE, 0, bytes, bytes.length - VALUE.length, VALUE.length);
    return new Stored(bytes);
  }

  private static void check(Stored stored, long expires, long staleMs, long tag, int headerBytes) {
    assertEquals(expires, stored.expires());
    assertEquals(expires == Times.NEVER ? expires : expires + staleMs, stored.keptUntil());
    assertEquals(NOW, stored.written());
    assertEquals(tag >= 0, stored.hasTag());
    if (tag >= 0) {
      assertEquals(tag, stored.tag());
    }
    assertFalse(stored.isLease());
    assertEquals(headerBytes, stored.payload());
    assertTrue(stored.isValue(VALUE));
  }

  @Test
  void anEntryHasTheFieldsThatItNeeds() {
    long tag = Stored.tag(4095, 77);
    check(entry(Times.NEVER, 0, -1), Times.NEVER, 0, -1, 8);
    check(entry(Times.NEVER, 500, -1), Times.NEVER, 0, -1, 8);
    check(entry(Times.NEVER, 0, tag), Times.NEVER, 0, tag, 16);
    check(entry(NOW + 5, 0, -1), NOW + 5, 0, -1, 14);
    check(entry(NOW + 5, 500, -1), NOW + 5, 500, -1, 18);
    check(entry(NOW + 5, 0, tag), NOW + 5, 0, tag, 22);
    check(entry(NOW + 5, 500, tag), NOW + 5, 500, tag, 26);
    assertTrue(entry(Times.NEVER, 0, -1).isPlain());
    assertFalse(entry(Times.NEVER, 0, tag).isPlain());
    assertFalse(entry(NOW + 5, 0, -1).isPlain());
  }

  @Test
  void theWordChangesWithoutTheRest() {
    long tag = Stored.tag(1, 2);
    for (long staleMs : new long[] {0, 500}) {
      for (long tagged : new long[] {-1, tag}) {
        Stored stored = entry(NOW + 5, staleMs, tagged);
        int header = stored.payload();
        Stored moved = stored.with(stored.withExpires(NOW + 900));
        check(moved, NOW + 900, staleMs, tagged, header);
        Stored claimed = moved.with(moved.withClaim(0xFFFF));
        check(claimed, NOW + 900, staleMs, tagged, header);
        assertEquals(0xFFFF, claimed.claim());
        assertEquals(0, claimed.with(claimed.withClaim(0)).claim());
        Stored forEver = claimed.with(claimed.withExpires(Times.NEVER));
        check(forEver, Times.NEVER, staleMs, tagged, header);
        assertEquals(
            0, forEver.claim(), "a new end is a change: who claimed the old one begins anew");
        check(forEver.with(forEver.withExpires(NOW + 7)), NOW + 7, staleMs, tagged, header);
      }
    }
  }

  @Test
  void whatNeverExpiredMayGetAnEnd() {
    long tag = Stored.tag(1, 2);
    for (long tagged : new long[] {-1, tag}) {
      Stored stored = entry(Times.NEVER, 0, tagged);
      assertTrue(stored.lacksWritten());
      Stored ends = new Stored(stored.withWritten(NOW + 5));
      check(ends, NOW + 5, 0, tagged, tagged < 0 ? 14 : 22);
      assertFalse(ends.lacksWritten());
      Stored claimed = stored.with(stored.withClaim(3));
      check(claimed, Times.NEVER, 0, tagged, tagged < 0 ? 8 : 16);
      assertEquals(3, claimed.claim());
    }
  }

  @Test
  void aLeaseKeepsWhatWasThere() {
    Stored stale = entry(NOW + 5, 500, -1);
    Stored lease = Stored.lease(NOW + 1_000, NOW, 42, 43, stale);
    assertTrue(lease.isLease());
    assertEquals(42, lease.owner());
    assertEquals(NOW, lease.written());
    assertEquals(NOW + 1_000, lease.keptUntil());
    assertArrayEquals(stale.bytes(), lease.beforeLease().bytes());
    assertNull(Stored.lease(NOW + 1_000, NOW, 42, 43, null).beforeLease());
  }

  @Test
  void aWrongFlagIsNoticed() {
    for (Stored whole :
        new Stored[] {
          entry(Times.NEVER, 0, -1), entry(NOW + 5, 0, -1), entry(NOW + 5, 500, Stored.tag(1, 2))
        }) {
      for (int bit = 42; bit < 48; bit++) {
        byte[] damaged = Arrays.copyOf(whole.bytes(), 100);
        damaged[bit / 8] ^= (byte) (1 << bit % 8);
        assertThrows(CorruptStoreException.class, () -> new Stored(damaged), "bit " + bit);
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new Stored(new byte[7]));
    byte[] cut = Arrays.copyOf(entry(NOW + 5, 0, -1).bytes(), 13);
    assertThrows(IllegalArgumentException.class, () -> new Stored(cut));
  }
}
