package io.blkwarden.model.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.message.ControlMessage;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MutationFuzzTest {
  private static final int ROUNDS = 1_500;
  private static final String[] SPLICES = {
    "null",
    "-1",
    "1e999",
    "9223372036854775808",
    "\"\"",
    "[",
    "{",
    "}",
    "]",
    ",",
    ":",
    "\\u0000",
    "true",
    "\"schema\"",
    "\u00ff",
    "[[[[[[[[[[[[[[[[[[",
    "0000",
    "\"0:0\"",
    "\"zz\"",
  };

  @ParameterizedTest
  @MethodSource("io.blkwarden.model.json.Golden#names")
  void mutationsNeverThrow(String name) {
    byte[] golden = Golden.message(name).getBytes(UTF_8);
    SplittableRandom random = new SplittableRandom(name.hashCode());
    int malformed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] mutant = golden;
      for (int i = random.nextInt(3); i >= 0; i--) {
        mutant = mutate(mutant, random);
      }
      switch (ControlJson.decode(ControlMessage.class, mutant)) {
        case Decoded.Ok<ControlMessage> ok ->
            assertThat(ControlJson.encode(ok.value())).isNotEmpty();
        case Decoded.Malformed<ControlMessage> fault -> {
          malformed++;
          assertThat(fault.offset()).isBetween(0L, (long) mutant.length);
          assertThat(fault.detail()).isNotBlank();
        }
      }
    }
    assertThat(malformed).as("mutants that were refused").isGreaterThan(ROUNDS / 10);
  }

  private static byte[] mutate(byte[] bytes, SplittableRandom random) {
    int at = random.nextInt(bytes.length + 1);
    int upTo = Math.min(bytes.length, at + random.nextInt(12));
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 32);
    out.write(bytes, 0, at);
    switch (random.nextInt(5)) {
      case 0 -> out.write(random.nextInt(256));
      case 1 -> out.writeBytes(SPLICES[random.nextInt(SPLICES.length)].getBytes(UTF_8));
      case 2 -> out.write(bytes, at, upTo - at);
      case 3 -> upTo = random.nextInt(4) == 0 ? bytes.length : upTo;
      default -> {
        out.write(random.nextInt(128));
        upTo = Math.min(bytes.length, at + 1);
      }
    }
    int rest = random.nextInt(2) == 0 ? at : upTo;
    out.write(bytes, rest, bytes.length - rest);
    return out.size() == 0 ? new byte[] {'{'} : out.toByteArray();
  }
}
