package io.blkwarden.controller.app;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A way into a flow for what other flows and threads bring: it comes out in order, one at a time.
 *
 * <p>It keeps what is not asked for yet: whoever puts something in bounds how much that can be.
 */
final class InputSink<T> {
  private volatile @Nullable FluxSink<T> sink;

  /** What is put in from now on; to be subscribed to once. */
  Flux<T> flow() {
    return Flux.create(to -> sink = to);
  }

  /** Puts something in; it is left out, if nobody has subscribed or the flow is over. */
  void put(@Nullable T something) {
    FluxSink<T> to = sink;
    if (to != null && something != null) {
      to.next(something);
    }
  }
}
