package io.blkwarden.controller.policy.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Arbitrary text as a policy, label or notification file: valid, or problems with positions. */
final class PolicyFuzzTest {
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  static Stream<byte[]> seeds() throws IOException {
    return Stream.concat(
        EXAMPLE
            .matcher(Files.readString(Path.of("../docs/POLICIES.md")))
            .results()
            .map((MatchResult example) -> example.group(1).getBytes(UTF_8))
            .toList()
            .stream(),
        Stream.of(Files.readAllBytes(Path.of("../docs/examples/policies/swap-storm.yaml"))));
  }

  @MethodSource("seeds")
  @FuzzTest
  void arbitraryTextIsReadOrHasProblems(byte[] bytes) {
    PolicyFile file = new PolicyFile("fuzzed.yaml", new String(bytes, UTF_8));

    PolicyLoad load = PolicyReader.read(List.of(file), PolicyLoad.NONE);

    expectPlaces(file, load.problems());
    if (load.problems().isEmpty()) {
      assertThat(PolicyReader.read(List.of(file), load).policies()).isEqualTo(load.policies());
    }
    expectPlaces(file, LabelsReader.read(file, Labels.NONE).problems());
  }

  private static void expectPlaces(PolicyFile file, List<PolicyProblem> problems) {
    for (PolicyProblem problem : problems) {
      assertThat(problem.file()).isEqualTo(file.name());
      assertThat(problem.line()).isBetween(1, file.text().length() + 1);
      assertThat(problem.column()).isBetween(1, file.text().length() + 1);
      assertThat(problem.message()).isNotBlank();
    }
  }
}
