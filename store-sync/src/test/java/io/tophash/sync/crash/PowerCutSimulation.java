package io.tophash.sync.crash;

import io.tophash.core.crash.CrashHook;
import io.tophash.core.memory.MachineRun;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncCrashStores;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
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

  /** Names of all points that were reached. */
  static final Set<String> REACHED = ConcurrentHashMap.newKeySet();

  /** Followers who came to just what the store had after a power cut. */
  static final LongAdder RESUMED = new LongAdder();

  /** Followers who were told after a power cut that they have missed changes. */
  static final LongAdder MISSED = new LongAdder();

  private static final int LIVES = 3;
  private static final long MAX_LOSS_NANOS = 1_000_000_000;

  private final Play play;
  private final Scene scene;
  private final Durability level;
  private final Random random;
  private final Tally tally;
  private final Path path;
  private final int life;
  private final MachineDisk disk;
  private final SealedWords sealed = new SealedWords();
  private final LegalStates legal;
  private final boolean isRunKnown;
  private PowerCutFollower follower; // at level EACH_CHANGE; null until there is one
  private boolean canFollow;
  private boolean named;
  private Target<?, ?> target;
  private BooleanSupplier isCutHere;
  private long nowNanos = 1;
  String failure;

  /** Counts of all lives together. */
  static final class Tally {
    long images;
    long recoveryCuts;
    long exhaustive;
    int exhaustiveLimit; // all mixtures are taken where there are at most so many
    int exhaustiveLogs; // the same of what is being written to the log, and only there
    private int visit;
  }

  /**
   * What all lives share.
   *
   * @param level at which the store is, once it is made
   * @param random decides about cuts and mixtures
   */
  record Play(Scene scene, Durability level, Sabotage sabotage, Random random, Tally tally) {}

  PowerCutSimulation(Play play, Path directory) {
    this(
        play,
        directory.resolve("life-0.tph"),
        0,
        MachineDisk.Image.nothing(),
        List.of(Map.of()),
        MachineRun.of(directory) != 0);
  }

  private PowerCutSimulation(
      Play play,
      Path path,
      int life,
      MachineDisk.Image image,
      List<Map<Long, Long>> states,
      boolean isRunKnown) {
    this.play = play;
    this.scene = play.scene();
    this.level = play.level();
    this.random = play.random();
    this.tally = play.tally();
    this.path = StoreFile.realPath(path, false);
    this.life = life;
    this.disk = new MachineDisk(this.path, image);
    this.isRunKnown = isRunKnown;
    this.legal = new LegalStates(states);
    this.named = life > 0;
  }

  /** Runs a scene from the creation of the store on; {@code cutsHere} says where it may be cut. */
  void run(BooleanSupplier cutsHere) throws IOException {
    isCutHere = cutsHere;
    try {
      if (level.equals(Durability.EACH_CHANGE)) {
        // What is logged meanwhile would only be there again in each of the images.
        open();
        disk.lookAtAll();
        disk.forced(0, disk.now().bytes());
        scene.setup().forEach(this::apply);
        disk.lookAtAll();
        named = true;
        traced(this::raise);
        follower = PowerCutFollower.of(target);
      } else {
        traced(this::open);
        traced(this::raise);
        scene.setup().forEach(op -> traced(() -> apply(op)));
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
  }

  /** The level is in the file, so only who was cut off before that finds a lower one. */
  private void raise() {
    if (!target.store.durability().equals(level)) {
      if (level == Durability.EACH_CHANGE) {
        target.store.keepChanges(0); // so that files of the log are used again soon
      }
      target.store.durability(level);
    }
    legal.levelIs(level);
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
    Map<Long, Long> before = legal.now();
    legal.begin(course(op, before));
    canFollow = op.what() != Op.What.REOPEN;
    if (op.what() == Op.What.REOPEN) {
      target.close();
      open();
    } else {
      op.run(target, before);
    }
    canFollow = false;
    legal.end(nowNanos);
    if (follower != null && random.nextInt(3) == 0) {
      follow();
    }
  }

  /** What is durable by now, also in the middle of a change; not traced. */
  private void follow() {
    CrashHook.trace(null);
    if (!follower.follow(target, play.sabotage().passesChangesBy())) {
      follower = null;
    }
    CrashHook.trace(this);
  }

  /** A follower goes on behind a power cut; null if that is as it should be. */
  private String resume(Map<Long, Long> found) {
    if (follower == null) {
      return null;
    }
    if (!follower.follow(target, play.sabotage().passesChangesBy())) {
      MISSED.increment();
    } else if (follower.state().equals(found)) {
      RESUMED.increment();
      return null;
    } else {
      return "a follower has " + follower.state() + " and the store has " + found;
    }
    follower = PowerCutFollower.of(target);
    return null;
  }

  /** The states from before an operation to behind it: the shards are emptied one by one. */
  private List<Map<Long, Long>> course(Op op, Map<Long, Long> before) {
    List<Map<Long, Long>> course = new ArrayList<>();
    course.add(before);
    for (int shard = 0; op.what() == Op.What.CLEAR && shard < scene.shards() - 1; shard++) {
      Map<Long, Long> rest = new LinkedHashMap<>(before);
      int last = shard;
      rest.keySet().removeIf(key -> target.shardOf(key, scene.shards()) <= last);
      course.add(rest);
    }
    course.add(LaterState.of(before, op));
    return course;
  }

  // --- what is observed
  // ---------------------------------------------------------------------------

  @Override
  public void reached(String point) {
    REACHED.add(point);
    disk.complete();
    if (Sabotage.strike(play.sabotage(), path, point)) {
      disk.zeroed(0, RegionLayout.EXTENT_BYTES);
    }
    switch (point) {
      case "create.published":
        named = true;
        break;
      case "checkpoint.cut":
        seal(false);
        break;
      case "checkpoint.forced":
        legal.forced();
        break;
      case "checkpoint.rooted":
        legal.rooted();
        break;
      case "checkpoint.durable":
        seal(true);
        break;
      default:
    }
    if (canFollow && follower != null && point.equals("log.committed") && random.nextBoolean()) {
      follow();
    }
    if (point.startsWith("checkpoint.") || point.startsWith("file.forc")) {
      visit();
    }
  }

  /** What a checkpoint has cut may not be stored to, until a later one is durable. */
  private void seal(boolean durable) {
    Sectors now = disk.now();
    if (durable) {
      sealed.clear();
      sealed.add(now, now.getLong(RegionLayout.EPOCHS + EpochLayout.DURABLE));
    } else {
      sealed.add(now, now.getLong(RegionLayout.EPOCHS + EpochLayout.CUTTING));
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
    if (play.sabotage().believes(position, length)) {
      disk.forced(position, length);
    }
  }

  @Override
  public void zeroed(long position, long length) {
    disk.zeroed(position, length);
  }

  @Override
  public void sideFileMade(Path file, long bytes) {
    disk.made(file, bytes);
    visit();
    disk.named(file);
  }

  @Override
  public void sideFileWriting(Path file, long position, byte[] bytes, int from, int length) {
    disk.writing(file, position, bytes, from, length);
  }

  @Override
  public void sideFileForced(Path file) {
    if (play.sabotage().believesLog()) {
      disk.forced(file);
    }
  }

  private void fail(String problem) {
    if (failure == null) {
      failure =
          problem + "\n  scene=" + scene + " life=" + life + " at " + frames(new Throwable(), 100);
    }
  }

  // --- power cuts
  // ---------------------------------------------------------------------------------

  private void visit() {
    boolean isWanted = life > 0 || tally.exhaustiveLogs == 0 || disk.isLogWritten();
    if (!named || failure != null || !isWanted || !isCutHere.getAsBoolean()) {
      return;
    }
    long unsafeNanos = legal.unsafeNanos(nowNanos);
    if (level != Durability.PROCESS && unsafeNanos > MAX_LOSS_NANOS) {
      fail("a change is not durable after ms=" + unsafeNanos / 1_000_000);
    }
    CrashHook.trace(null);
    try {
      if (life == 0 && disk.mixtures() <= tally.exhaustiveLimit) {
        checkAll(disk.mixtures(), disk::mixture);
      } else if (life == 0 && disk.isLogWritten() && disk.logMixtures() <= tally.exhaustiveLogs) {
        checkAll(disk.logMixtures(), disk::logMixture);
      } else {
        DiskLog.Mix[] mixes = DiskLog.Mix.values();
        DiskLog.Mix mix = mixes[tally.visit++ % mixes.length];
        check(disk.image(mix, random), mix.toString());
      }
    } finally {
      CrashHook.trace(this);
    }
  }

  private void checkAll(long count, MachineDisk.Mixtures mixtures) {
    for (long n = 0; n < count && failure == null; n++) {
      tally.exhaustive++;
      check(mixtures.image(n, random), "mixture=" + n);
    }
  }

  private void check(MachineDisk.Image image, String mix) {
    tally.images++;
    if (tally.images % IMAGES_PER_COLLECTION == 0) {
      System.gc(); // unmaps what the dead have left, which each open of a store else meets
    }
    tally.recoveryCuts += life > 0 ? 1 : 0;
    image.putBootId(life + 1, isRunKnown);
    Path next = path.resolveSibling("life-" + (life + 1) + ".tph");
    List<Map<Long, Long>> states = legal.states();
    try {
      image.write(next);
      try (PowerCutSimulation heir =
          new PowerCutSimulation(play, next, life + 1, image, states, isRunKnown)) {
        heir.follower = follower == null ? null : follower.copy();
        String problem = heir.live(states);
        if (problem != null) {
          fail("after a power cut, " + mix + ": " + problem);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      fail("after a power cut, " + mix + ": " + e + frames(e, 10));
    }
  }

  /** Opens what a power cut left, and goes on for a while; is cut off too, at one place. */
  private String live(List<Map<Long, Long>> candidates) {
    boolean isLast = life >= LIVES;
    boolean inRecovery = random.nextBoolean();
    int[] left = {isLast ? -1 : 1 + random.nextInt(inRecovery ? 60 : 400)};
    isCutHere = () -> --left[0] == 0;
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
    String strayed = resume(found);
    if (strayed != null) {
      return strayed;
    }
    legal.opened(found);
    if (!isLast && random.nextInt(3) == 0) {
      traced(this::raise);
      for (Op op : goOn()) {
        if (failure == null) {
          traced(() -> apply(op));
        }
      }
      if (failure == null && !legal.now().equals(target.entries())) {
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
    PoweredOff.delete(path);
  }

  private static String frames(Throwable e, int most) {
    StringBuilder text = new StringBuilder();
    Stream.of(e.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("io.tophash."))
        .limit(most)
        .forEach(frame -> text.append("\n      ").append(frame));
    return text.toString();
  }
}
