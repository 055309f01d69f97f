package io.tophash.sync.race;

import org.openjdk.jcstress.annotations.State;

/** A key that is absent at first. */
@State
public class AbsentKey {
  final OwnKey key = OwnKey.absent();
}
