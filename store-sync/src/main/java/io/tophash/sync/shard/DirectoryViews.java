package io.tophash.sync.shard;

import io.tophash.sync.format.RegionLayout;
import java.util.Arrays;

/**
 * The {@link DirectoryView} that the last lookup of each shard has made, for those that follow.
 * Threads replace views as they like: any is good that was made from the file.
 */
public final class DirectoryViews {
  // By the upper bits of the hash, as many as the largest number of shards takes: so a lookup finds
  // its view without knowing how many there are.
  private static final int SHIFT = Long.SIZE - RegionLayout.MAX_SHARD_SHIFT;

  private final ShardContext context;
  private final DirectoryView[] views = new DirectoryView[1 << RegionLayout.MAX_SHARD_SHIFT];

  /**
   * @param context of the attached store
   */
  public DirectoryViews(ShardContext context) {
    this.context = context;
    Arrays.fill(views, DirectoryView.none(context.memory()));
    for (int i = 0; context.cut() != null && i < views.length; i++) {
      views[i] = DirectoryView.ofCut(context, context.shardOf((long) i << SHIFT));
    }
  }

  /** The view for a hash, which may be none that was ever current. */
  public DirectoryView get(long hash) {
    return views[(int) (hash >>> SHIFT)];
  }

  /**
   * Sees to it that the view for a hash is that of a directory word.
   *
   * @throws IndexOutOfBoundsException if the directory is not mapped, or makes no sense
   */
  public void note(int shard, long hash, long directoryWord) {
    int index = (int) (hash >>> SHIFT);
    if (context.cut() == null && views[index].word() != directoryWord) {
      // Seldom, as other threads read the line.
      views[index] = DirectoryView.of(context, shard, directoryWord);
    }
  }
}
