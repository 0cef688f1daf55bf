package io.blkwarden.controller.http;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Says that there is something new to show; who is slow misses some, and gets the next. */
public final class ChangeSignal {
  private final Sinks.Many<Boolean> sink = Sinks.many().multicast().directBestEffort();

  /** Something is new. Not safe for use by several threads at once. */
  public void signal() {
    sink.tryEmitNext(true).isSuccess();
  }

  Flux<Boolean> signals() {
    return sink.asFlux().onBackpressureLatest();
  }
}
