package io.blkwarden.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code source <(blkwarden completion)} in a real bash and zsh. */
final class CompletionTest {
  private final Path script;

  CompletionTest(@TempDir Path folder) throws IOException {
    CommandResult result = CommandResult.run("", "completion");
    assertThat(result.code()).as(result.err()).isZero();
    script = Files.writeString(folder.resolve("completion"), result.out());
  }

  private static List<String> completions(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    List<String> printed =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor()).as("%s", printed).isZero();
    return printed.stream().map(String::strip).toList();
  }

  /** The completions of a word in bash. */
  private List<String> inBash(String words, int last) throws Exception {
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
    return completions("bash", "-c", asked);
  }

  /** The completions in zsh, which emulates bash completion and filters itself. */
  private List<String> inZsh(List<String> result) throws Exception {
    StringBuilder asked =
        new StringBuilder("autoload -U +X compinit && compinit -u -D\nsource '" + script + "'\n");
    asked.append("[[ -n $_comps[blkwarden] ]] || exit 9\n");
    for (String words : result) {
      asked.append(
          """
          COMP_WORDS=(%s)
          COMP_CWORD=%d
          COMP_LINE='%s'
          emulate bash -c _complete_blkwarden
          print -- $COMPREPLY
          """
              .formatted(words, words.split(" ").length - 1, words));
    }
    return completions("zsh", "-f", "-c", asked.toString());
  }

  @Test
  void completesCommandsAndTheirOptionsInBash() throws Exception {
    assertThat(inBash("blkwarden sil", 1)).contains("silence").doesNotContain("record");
    assertThat(inBash("blkwarden silence ''", 2)).contains("add", "expire", "list");
    assertThat(inBash("blkwarden alerts --fo", 2)).contains("--follow");
    assertThat(inBash("blkwarden to", 1)).contains("top").doesNotContain("map");
    assertThat(inBash("blkwarden top --sort ''", 3)).contains("score", "host");
  }

  @Test
  void completesCommandsAndTheirOptionsInZsh() throws Exception {
    // One shell for all: loading zsh's completion system takes seconds.
    List<String> completed =
        inZsh(List.of("blkwarden sil", "blkwarden silence ''", "blkwarden alerts --fo"));
    assertThat(completed).hasSize(3).noneMatch(each -> each.contains("not found"));
    assertThat(completed.get(0).split(" ")).contains("silence");
    assertThat(completed.get(1).split(" ")).containsExactly("add", "list", "expire");
    assertThat(completed.get(2).split(" ")).contains("--follow");
  }
}
