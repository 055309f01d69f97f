/**
 * Two operations at once, by jcstress: each case names all outcomes that may be. {@code
 * JcstressTest} runs them; {@link io.tophash.sync.race.OwnKey} says which keys they use.
 */
package io.tophash.sync.race;
