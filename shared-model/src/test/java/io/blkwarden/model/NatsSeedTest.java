package io.blkwarden.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NatsSeedTest {
  private static final String SEED = "SU" + "A".repeat(56);

  @Test
  void singleSeedIsFound() {
    assertThat(NatsSeed.inSeedFile(SEED)).contains(SEED);
    assertThat(NatsSeed.inSeedFile("# host dom0-7\n\n  " + SEED + " \n")).contains(SEED);
  }

  @Test
  void otherFilesAreNotSeedFiles() {
    NatsSeed.requireEither(SEED);
    NatsSeed.requireEither("-----BEGIN NATS USER JWT-----\neyJ0\n------END NATS USER JWT------\n");
    for (String other : List.of("", "nats = tls://10.0.0.5:4222\n", "SA" + SEED.substring(2))) {
      assertThatThrownBy(() -> NatsSeed.requireEither(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("neither a user's seed (SU...) nor a JWT");
    }
  }

  @Test
  void additionalContentIsNotASeedFile() {
    assertThat(NatsSeed.inSeedFile("")).isEmpty();
    assertThat(NatsSeed.inSeedFile(SEED + "A")).isEmpty();
    assertThat(NatsSeed.inSeedFile(SEED + "\n" + SEED)).isEmpty();
    assertThat(NatsSeed.inSeedFile("SA" + SEED.substring(2))).isEmpty();
    assertThat(
            NatsSeed.inSeedFile(
                """
                -----BEGIN NATS USER JWT-----
                eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ
                ------END NATS USER JWT------
                -----BEGIN USER NKEY SEED-----
                %s
                ------END USER NKEY SEED------
                """
                    .formatted(SEED)))
        .isEmpty();
  }
}
