package io.blkwarden.agent.mapping.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import io.blkwarden.model.Actuator;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ActuatorVerdictTest {
  @ParameterizedTest
  @CsvSource({
    "none, 6.1.0-50-amd64, INEFFECTIVE",
    "noop, 4.4.52, INEFFECTIVE",
    "kyber, 6.1.0, INEFFECTIVE",
    "deadline, 4.4.52, INEFFECTIVE",
    "cfq, 4.19.0+1, EFFECTIVE",
    "mq-deadline, 4.19.0+1, INEFFECTIVE",
    "mq-deadline, 5.10.0-8-amd64, INEFFECTIVE",
    "mq-deadline, 5.13.19, INEFFECTIVE",
    "mq-deadline, 5.14.0-70.el9.x86_64, INEFFECTIVE",
    "mq-deadline, 5.19.17, INEFFECTIVE",
    "mq-deadline, 6.0.1, CLASS_ONLY",
    "mq-deadline, 6.1.0-50-amd64, CLASS_ONLY",
    "bfq, 6.1.0-50-amd64, UNKNOWN",
    "sio, 6.1.0, UNKNOWN",
  })
  void followsSchedulerAndKernel(String scheduler, String release, Actuator expected) {
    ActuatorVerdict verdict = ActuatorVerdict.of(scheduler, kernel(release), Set.of(Layer.PASSES));

    assertThat(verdict.actuator()).isEqualTo(expected);
    assertThat(verdict.reason()).isNotBlank();
  }

  @Test
  void unreadableSourcesAreUnknown() {
    assertThat(ActuatorVerdict.of(null, kernel("6.1.0"), Set.of()).actuator())
        .isEqualTo(Actuator.UNKNOWN);
    assertThat(ActuatorVerdict.of("mq-deadline", null, Set.of()).actuator())
        .isEqualTo(Actuator.UNKNOWN);
    assertThat(ActuatorVerdict.of("none", null, Set.of()).actuator())
        .isEqualTo(Actuator.INEFFECTIVE);
  }

  @Test
  void resubmittingLayerMakesTheVerdictUnknown() {
    assertThat(verdict("mq-deadline", Layer.RESUBMITS)).isEqualTo(Actuator.UNKNOWN);
    assertThat(verdict("cfq", Layer.SCHEDULES)).isEqualTo(Actuator.UNKNOWN);
    assertThat(verdict("cfq", Layer.UNKNOWN)).isEqualTo(Actuator.UNKNOWN);
    assertThat(verdict("none", Layer.RESUBMITS)).isEqualTo(Actuator.INEFFECTIVE);
  }

  private static Actuator verdict(String scheduler, Layer layer) {
    return ActuatorVerdict.of(scheduler, kernel("6.1.0"), Set.of(Layer.PASSES, layer)).actuator();
  }

  private static KernelRelease kernel(String release) {
    return KernelRelease.parse(release).toOptional().orElseThrow();
  }
}
