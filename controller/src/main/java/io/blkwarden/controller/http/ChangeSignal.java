package io.blkwarden.controller.http;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Notifies subscribers of new data; slow ones get the latest signal only. */
public final class ChangeSignal {
  private final Sinks.Many<Boolean> sink = Sinks.many().multicast().directBestEffort();

  /** Signals new data; not thread-safe. */
  public void signal() {
    sink.tryEmitNext(true).isSuccess();
  }

  Flux<Boolean> signals() {
    return sink.asFlux().onBackpressureLatest();
  }
}
