package io.blkwarden.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.testing.Property;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class GlobTest {
  @Test
  void starMatchesAnyCharactersAndQuestionMarkOne() {
    assertThat(new Glob("vm*").matches("vm176")).isTrue();
    assertThat(new Glob("vm*").matches("xvm176")).isFalse();
    assertThat(new Glob("vm?").matches("vm1")).isTrue();
    assertThat(new Glob("vm?").matches("vm12")).isFalse();
    assertThat(new Glob("*_swap").matches("/dev/vg/vm1_swap")).isTrue();
    assertThat(new Glob("a.c").matches("abc")).isFalse();
    assertThat(Glob.ANY.matches("")).isTrue();
  }

  @Test
  void emptyPatternIsRefused() {
    assertThatThrownBy(() -> new Glob("")).hasMessageContaining("1 to 255 characters");
  }

  @Test
  void agreesWithTheEquivalentRegularExpression() {
    Property.check(
        1_000,
        given -> {
          String pattern = given.text("ab*?", 1, 8);
          String text = given.text("ab", 0, 10);
          String regex = pattern.replace("?", ".").replace("*", ".*");
          assertThat(new Glob(pattern).matches(text)).isEqualTo(Pattern.matches(regex, text));
        });
  }
}
