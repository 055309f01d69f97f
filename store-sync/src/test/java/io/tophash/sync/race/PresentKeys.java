package io.tophash.sync.race;

import org.openjdk.jcstress.annotations.State;

/** Two keys that have the value 0 at first. */
@State
public class PresentKeys {
  final OwnKey x = OwnKey.present(0);
  final OwnKey y = OwnKey.present(0);

  void release() {
    x.release();
    y.release();
  }
}
