package io.blkwarden.controller.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every example in the policy reference is valid. */
final class DocumentedPoliciesTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("```yaml\n(policies:.*?)```", Pattern.DOTALL);

  @Test
  void examplesAreValid() throws IOException {
    Matcher examples = EXAMPLE.matcher(Files.readString(Path.of("../docs/POLICIES.md")));
    int found = 0;
    while (examples.find()) {
      PolicyLoad load =
          PolicyReader.read(
              List.of(new PolicyFile("POLICIES.md", examples.group(1))), PolicyLoad.NONE);
      assertThat(load.problems()).as(examples.group(1)).isEmpty();
      assertThat(load.policies().policies()).isNotEmpty();
      found++;
    }
    assertThat(found).isGreaterThanOrEqualTo(3);
  }

  @Test
  void labelsAreValid() throws IOException {
    Matcher example =
        Pattern.compile("```yaml\n(labels:.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../docs/POLICIES.md")));
    assertThat(example.find()).isTrue();
    LabelsReader.Load load =
        LabelsReader.read(new PolicyFile("POLICIES.md", example.group(1)), Labels.NONE);
    assertThat(load.problems()).isEmpty();
    assertThat(load.labels().size()).isEqualTo(3);
  }
}
