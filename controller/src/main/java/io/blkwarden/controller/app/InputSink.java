package io.blkwarden.controller.app;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * An entry to a flow for elements of other flows and threads, which are emitted in order.
 *
 * <p>It buffers elements without demand: callers bound how many there can be.
 */
final class InputSink<T> {
  private volatile @Nullable FluxSink<T> sink;

  /** The elements put from now on, for one subscriber. */
  Flux<T> flow() {
    return Flux.create(to -> sink = to);
  }

  /** Puts an element; null is ignored, as is any element without a subscriber. */
  void put(@Nullable T element) {
    FluxSink<T> to = sink;
    if (to != null && element != null) {
      to.next(element);
    }
  }
}
