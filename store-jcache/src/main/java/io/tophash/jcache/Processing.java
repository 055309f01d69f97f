package io.tophash.jcache;

import java.util.function.Supplier;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;

/**
 * One call of an entry processor. If another thread or process changes the entry meanwhile, the
 * processor runs again, on what is there then. For one thread.
 */
final class Processing<K, V, T> {
  private final Changes<K, V> changes;
  private final EntryProcessor<K, V, T> processor;
  private final Object[] arguments;
  private final ProcessorEntry.Loader<K, V> loader;
  private ProcessorEntry.Operation operation;
  private T result;

  /**
   * @param loader null if absent values are not loaded
   */
  Processing(
      Changes<K, V> changes,
      EntryProcessor<K, V, T> processor,
      Object[] arguments,
      ProcessorEntry.Loader<K, V> loader) {
    this.changes = changes;
    this.processor = processor;
    this.arguments = arguments;
    this.loader = loader;
  }

  Changes.Outcome<V> run(K key) {
    Changes.Outcome<V> outcome = changes.change(key, live -> process(key, live));
    if (operation == ProcessorEntry.Operation.READ) {
      changes.touch(key);
    }
    return outcome;
  }

  private V process(K key, V live) {
    ProcessorEntry<K, V> entry = new ProcessorEntry<>(key, live, loader);
    try {
      result = processor.process(entry, arguments);
    } catch (EntryProcessorException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new EntryProcessorException("the entry processor failed; the entry is as it was", e);
    }
    operation = entry.operation();
    return switch (operation) {
      case NONE, READ -> throw Changes.Keep.INSTANCE;
      case LOAD -> entry.value();
      case STORE -> changes.written(key, entry.value());
      case REMOVE -> {
        changes.writeDeletion(key);
        yield null;
      }
    };
  }

  /** True if the value was loaded, and the processor has not stored another. */
  boolean hasLoaded() {
    return operation == ProcessorEntry.Operation.LOAD;
  }

  T result() {
    return result;
  }

  /** What such a call gives back or throws, to be asked for later; null if it gives nothing. */
  static <T> EntryProcessorResult<T> result(Supplier<T> call) {
    try {
      T result = call.get();
      return result == null ? null : () -> result;
    } catch (RuntimeException e) {
      EntryProcessorException failure =
          e instanceof EntryProcessorException known ? known : new EntryProcessorException(e);
      return () -> {
        throw failure;
      };
    }
  }
}
