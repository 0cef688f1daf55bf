package io.blkwarden.controller.http;

import io.blkwarden.controller.why.Question;
import io.blkwarden.controller.why.Story;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Tells stories to those who ask over HTTP. */
public interface Stories {
  /**
   * Tells one, some time.
   *
   * @param question what about
   * @param since how far back
   * @return the story, empty when nothing was said; or {@link java.io.IOException} with what
   *     hinders, or {@link java.util.concurrent.RejectedExecutionException} when too many ask
   */
  Mono<Story> tell(Question question, Duration since);
}
