package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.http.Readiness;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ControllerStatusTest {
  @Test
  void statusOfTheController() {
    assertThat(ControllerCommand.status(new Readiness(true, List.of(), List.of())))
        .isEqualTo("leader");
    assertThat(
            ControllerCommand.status(
                new Readiness(true, List.of(), List.of("enforcement is paused"))))
        .isEqualTo("leader; enforcement is paused");
    assertThat(
            ControllerCommand.status(
                new Readiness(true, List.of("leader not known yet"), List.of("x"))))
        .isEqualTo("not ready: leader not known yet");
  }
}
