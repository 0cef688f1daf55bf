package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.http.Readiness;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServiceNoticesTest {
  @Test
  void tellsHowTheControllerStands() {
    assertThat(ServiceNotices.words(new Readiness(true, List.of(), List.of())))
        .isEqualTo("commands the fleet");
    assertThat(ServiceNotices.words(new Readiness(true, List.of(), List.of("acting is paused"))))
        .isEqualTo("commands the fleet; acting is paused");
    assertThat(
            ServiceNotices.words(
                new Readiness(true, List.of("no claim to command the fleet yet"), List.of("x"))))
        .isEqualTo("not ready: no claim to command the fleet yet");
  }
}
