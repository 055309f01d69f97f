package io.tophash.sync.crash;

import io.tophash.core.crash.CrashHook;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncCrashStores;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The life of a store between two power cuts. Before each store, and around each force, it may be
 * cut off: then the device holds some mixture of what was written since the last force, and the
 * store must open, on another run of the machine, as the checkpoint that is durable or just being
 * made so. That is a life again, which may be cut off too.
 */
final class PowerCutSimulation implements CrashHook.Tracer, AutoCloseable {
  private static final int IMAGES_PER_COLLECTION = 64;

  /** What a broken variant does. */
  interface Sabotage {
    Sabotage NONE = new Sabotage() {};

    /** At a named point; the words of the file are as processes see them. */
    default void at(String point, ByteBuffer words) {}

    /** False if this force shall have no effect. */
    default boolean believes(long position, long length) {
      return true;
    }
  }

  /** Names of all points that were reached. */
  static final Set<String> REACHED = ConcurrentHashMap.newKeySet();

  private static final int LIVES = 3;
  private static final long MAX_LOSS_NANOS = 1_000_000_000;

  private final Scene scene;
  private final Durability level;
  private final Path path;
  private final Sabotage sabotage;
  private final Random random;
  private final int life;
  private final Tally tally;
  private final DiskLog disk;
  private final SealedWords sealed = new SealedWords();
  private boolean named;
  private Map<Long, Long> model;
  // What it will be when the operation that runs has returned.
  private Map<Long, Long> after;
  private List<Map<Long, Long>> legal;
  private Target<?, ?> target;
  private BooleanSupplier isCutHere;
  // What time it is, and since when there is a change that a power cut would take; -1: none.
  private long nowNanos = 1;
  private long unsafeSince = -1;
  private boolean isRooted; // a root was written since the operation began
  String failure;

  /** Counts of all lives together. */
  static final class Tally {
    long images;
    long recoveryCuts;
    long exhaustive;
    int exhaustiveLimit;
    int imagesForEach = 1;
    private int visit;
  }

  PowerCutSimulation(
      Scene scene,
      Durability level,
      Path directory,
      Sabotage sabotage,
      Random random,
      Tally tally) {
    this(
        scene,
        level,
        directory.resolve("life-0.tph"),
        sabotage,
        random,
        tally,
        0,
        new byte[0],
        Map.of());
  }

  private PowerCutSimulation(
      Scene scene,
      Durability level,
      Path path,
      Sabotage sabotage,
      Random random,
      Tally tally,
      int life,
      byte[] image,
      Map<Long, Long> state) {
    this.scene = scene;
    this.level = level;
    this.path = StoreFile.realPath(path, false);
    this.sabotage = sabotage;
    this.random = random;
    this.tally = tally;
    this.life = life;
    this.disk = new DiskLog(this.path, image);
    this.model = state;
    this.after = state;
    this.legal = List.of(state);
    this.named = life > 0;
  }

  /** Runs a scene from the creation of the store on; {@code cutsHere} says where it may be cut. */
  void run(BooleanSupplier cutsHere) throws IOException {
    isCutHere = cutsHere;
    try {
      traced(this::open);
      for (Op op : scene.setup()) {
        traced(() -> apply(op));
      }
      for (Op op : scene.script()) {
        if (failure != null) {
          return;
        }
        traced(() -> apply(op));
      }
      traced(target::close);
    } finally {
      close();
    }
  }

  private void traced(Runnable action) {
    CrashHook.trace(this);
    try {
      action.run();
    } finally {
      CrashHook.trace(null);
    }
  }

  private void open() {
    target = Target.open(scene.kind(), path, scene.shards(), false, Duration.ofMillis(500));
    if (life == 0 && level != Durability.PROCESS) {
      target.store.durability(level);
    }
  }

  /** At level POWER_LOSS time goes by, and checkpoints come when they are due. */
  private void pass() {
    if (level != Durability.PROCESS) {
      nowNanos += random.nextInt((int) MAX_LOSS_NANOS / 8);
      SyncCrashStores.lookAt(target.store, nowNanos);
    }
  }

  private void apply(Op op) {
    pass();
    isRooted = false;
    Map<Long, Long> before = model;
    after = op.after(before);
    if (op.what() == Op.What.REOPEN) {
      target.close();
      open();
    } else {
      op.run(target, before);
    }
    model = after;
    // Of a change with a checkpoint in its middle nothing is said: it may be in it.
    if (unsafeSince < 0 && !isRooted && !after.equals(before)) {
      unsafeSince = nowNanos;
    }
  }

  // --- what is observed
  // ---------------------------------------------------------------------------

  @Override
  public void reached(String point) {
    REACHED.add(point);
    disk.complete();
    sabotage(point);
    switch (point) {
      case "create.published":
        named = true;
        break;
      case "checkpoint.cut":
        seal(false);
        break;
      case "checkpoint.forced":
        // Of a checkpoint in the middle of a change, as at the end of a snapshot, either is right:
        // of this one, and of the last one.
        legal = Stream.concat(legal.stream(), Stream.of(model, after)).toList();
        break;
      case "checkpoint.rooted":
        legal = List.of(model, after);
        unsafeSince = -1;
        isRooted = true;
        break;
      case "checkpoint.durable":
        seal(true);
        break;
      default:
    }
    if (point.startsWith("checkpoint.") || point.startsWith("file.forc")) {
      visit();
    }
  }

  private void sabotage(String point) {
    if (sabotage == Sabotage.NONE) {
      return;
    }
    Path there = Files.exists(path) ? path : path.resolveSibling(path.getFileName() + ".new");
    if (!Files.exists(there)) {
      return;
    }
    try (RandomAccessFile file = new RandomAccessFile(there.toFile(), "rw")) {
      if (file.length() >= RegionLayout.EXTENT_BYTES) {
        ByteBuffer words =
            file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, RegionLayout.EXTENT_BYTES);
        sabotage.at(point, words.order(ByteOrder.LITTLE_ENDIAN));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    disk.zeroed(0, RegionLayout.EXTENT_BYTES);
  }

  /** What a checkpoint has cut may not be stored to, until a later one is durable. */
  private void seal(boolean durable) {
    byte[] now = disk.now();
    ByteBuffer bytes = ByteBuffer.wrap(now).order(ByteOrder.LITTLE_ENDIAN);
    if (durable) {
      sealed.clear();
      sealed.add(now, bytes.getLong(RegionLayout.EPOCHS + EpochLayout.DURABLE));
    } else {
      sealed.add(now, bytes.getLong(RegionLayout.EPOCHS + EpochLayout.CUTTING));
    }
  }

  @Override
  public void storing(long position, int length, boolean release) {
    disk.complete();
    if (sealed.contains(position, length)) {
      fail("a store to what a checkpoint has sealed, position=" + position);
    }
    visit();
    disk.storing(position, length);
  }

  @Override
  public void fence() {}

  @Override
  public void forced(long position, long length) {
    disk.complete();
    if (sabotage.believes(position, length)) {
      disk.forced(position, length);
    }
  }

  @Override
  public void zeroed(long position, long length) {
    disk.zeroed(position, length);
  }

  private void fail(String problem) {
    if (failure == null) {
      failure = problem + "\n  scene=" + scene + " life=" + life + " at " + stack();
    }
  }

  private static String stack() {
    StringBuilder text = new StringBuilder();
    for (StackTraceElement frame : new Throwable().getStackTrace()) {
      if (frame.getClassName().startsWith("io.tophash.sync.")) {
        text.append("\n    ").append(frame);
      }
    }
    return text.toString();
  }

  // --- power cuts
  // ---------------------------------------------------------------------------------

  private void visit() {
    if (!named || failure != null || !isCutHere.getAsBoolean()) {
      return;
    }
    if (level != Durability.PROCESS
        && unsafeSince >= 0
        && nowNanos - unsafeSince > MAX_LOSS_NANOS) {
      fail("a change is not durable after ms=" + (nowNanos - unsafeSince) / 1_000_000);
    }
    CrashHook.trace(null);
    try {
      long mixtures = disk.mixtures();
      if (life == 0 && mixtures <= tally.exhaustiveLimit) {
        for (long n = 0; n < mixtures && failure == null; n++) {
          tally.exhaustive++;
          check(disk.mixture(n), "mixture=" + n);
        }
        return;
      }
      DiskLog.Mix[] mixes = DiskLog.Mix.values();
      for (int i = 0; i < tally.imagesForEach && failure == null; i++) {
        DiskLog.Mix mix = mixes[tally.visit++ % mixes.length];
        check(disk.image(mix, random), mix.toString());
      }
    } finally {
      CrashHook.trace(this);
    }
  }

  private void check(byte[] image, String mix) {
    tally.images++;
    if (tally.images % IMAGES_PER_COLLECTION == 0) {
      System.gc(); // unmaps what the dead have left, which each open of a store else meets
    }
    tally.recoveryCuts += life > 0 ? 1 : 0;
    // Another run of the machine.
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putLong(HeaderLayout.BOOT_ID, life + 1);
    Path next = path.resolveSibling("life-" + (life + 1) + ".tph");
    try {
      Files.deleteIfExists(next);
      Files.write(next, image);
      try (PowerCutSimulation heir =
          new PowerCutSimulation(
              scene, level, next, sabotage, random, tally, life + 1, image, legal.get(0))) {
        String problem = heir.live(legal);
        if (problem != null) {
          fail("after a power cut, " + mix + ": " + problem);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      fail("after a power cut, " + mix + ": " + e + at(e));
    }
  }

  private static String at(Throwable e) {
    StringBuilder text = new StringBuilder();
    StackTraceElement[] frames = e.getStackTrace();
    for (int i = 0; i < Math.min(10, frames.length); i++) {
      text.append("\n      ").append(frames[i]);
    }
    return text.toString();
  }

  /** Opens what a power cut left, and goes on for a while; is cut off too, at one place. */
  private String live(List<Map<Long, Long>> candidates) {
    boolean isLast = life >= LIVES;
    boolean inRecovery = random.nextBoolean();
    int[] left = {isLast ? -1 : 1 + random.nextInt(inRecovery ? 60 : 400)};
    isCutHere = () -> --left[0] == 0;
    legal = candidates;
    traced(this::open);
    Map<Long, Long> found = target.entries();
    if (!candidates.contains(found)) {
      return "no state of a checkpoint, entries=" + found + " legal=" + candidates;
    }
    if (target.sizeLong() != found.size()) {
      return "size=" + target.sizeLong() + " entries=" + found.size();
    }
    if (!target.verify().isClean()) {
      return "findings=" + target.verify().findings();
    }
    model = found;
    after = found;
    legal = List.of(found);
    if (!isLast && random.nextInt(3) == 0) {
      for (Op op : goOn()) {
        if (failure == null) {
          traced(() -> apply(op));
        }
      }
      if (failure == null && !model.equals(target.entries())) {
        return "not what was stored in the second life";
      }
    }
    return failure;
  }

  /** A few changes around a checkpoint. */
  private List<Op> goOn() {
    long key = random.nextInt(10);
    return List.of(
        Op.set(key, Target.sized(40, 1)),
        Op.set(7_000_000, Target.sized(random.nextInt(4) == 0 ? 6_000 : 30, 2)),
        Op.of(Op.What.FORCE),
        Op.remove(key),
        Op.set(7_000_001, Target.sized(30, 3)),
        Op.set(7_000_000, Target.sized(30, 4)),
        Op.of(Op.What.FORCE),
        Op.set(key, Target.sized(50, 5)));
  }

  @Override
  public void close() {
    CrashHook.trace(null);
    disk.close();
    if (target != null) {
      target.close();
    }
    try {
      Files.deleteIfExists(path);
      Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
