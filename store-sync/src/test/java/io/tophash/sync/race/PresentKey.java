package io.tophash.sync.race;

import org.openjdk.jcstress.annotations.State;

/** A key that has the value 0 at first. */
@State
public class PresentKey {
  final OwnKey key = OwnKey.present(0);
}
