package io.blkwarden.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real bash makes of {@code source <(blkwarden completion)}. */
final class CompletionTest {
  private final Path script;

  CompletionTest(@TempDir Path folder) throws IOException {
    Typed typed = Typed.type("", "completion");
    assertThat(typed.code()).as(typed.err()).isZero();
    script = Files.writeString(folder.resolve("completion"), typed.out());
  }

  private List<String> completed(String words, int last) throws Exception {
    String asked =
        """
        source '%s'
        complete -p blkwarden >&2
        COMP_WORDS=(%s)
        COMP_CWORD=%d
        COMP_LINE='%s'
        _complete_blkwarden
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(script, words, last, words);
    Process bash = new ProcessBuilder("bash", "-c", asked).redirectErrorStream(true).start();
    List<String> said = new String(bash.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(bash.waitFor()).as("%s", said).isZero();
    return said.stream().map(String::strip).toList();
  }

  @Test
  void completesCommandsAndTheirOptions() throws Exception {
    assertThat(completed("blkwarden sil", 1)).contains("silence").doesNotContain("record");
    assertThat(completed("blkwarden silence ", 2)).contains("add", "expire", "list");
    assertThat(completed("blkwarden alerts --fo", 2)).contains("--follow");
    assertThat(completed("blkwarden to", 1)).containsExactly("top");
    assertThat(completed("blkwarden top --sort ", 3)).contains("pain", "name");
  }
}
