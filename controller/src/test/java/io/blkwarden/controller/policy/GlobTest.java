package io.blkwarden.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

final class GlobTest {
  @Test
  void aStarStandsForAnyCharactersAndAQuestionMarkForOne() {
    assertThat(new Glob("vm*").matches("vm176")).isTrue();
    assertThat(new Glob("vm*").matches("xvm176")).isFalse();
    assertThat(new Glob("vm?").matches("vm1")).isTrue();
    assertThat(new Glob("vm?").matches("vm12")).isFalse();
    assertThat(new Glob("*_swap").matches("/dev/vg/vm1_swap")).isTrue();
    assertThat(new Glob("a.c").matches("abc")).isFalse();
    assertThat(Glob.ANY.matches("")).isTrue();
  }

  @Test
  void anEmptyPatternIsRefused() {
    assertThatThrownBy(() -> new Glob("")).hasMessageContaining("1 to 255 characters");
  }

  @Property
  void agreesWithTheRegularExpressionOfTheSameMeaning(
      @ForAll
          @Chars({'*', '?', 'b'})
          @CharRange(from = 'a', to = 'a')
          @StringLength(min = 1, max = 8)
          String pattern,
      @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 10) String text) {
    String regex = pattern.replace("?", ".").replace("*", ".*");
    assertThat(new Glob(pattern).matches(text)).isEqualTo(Pattern.matches(regex, text));
  }
}
