package io.tophash.sync.race;

import org.openjdk.jcstress.annotations.State;

/** Two keys that are absent at first. */
@State
public class AbsentKeys {
  final OwnKey x = OwnKey.absent();
  final OwnKey y = OwnKey.absent();

  void release() {
    x.release();
    y.release();
  }
}
