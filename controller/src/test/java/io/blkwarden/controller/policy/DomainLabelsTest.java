package io.blkwarden.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Merged labels of two sources. */
final class DomainLabelsTest {
  @Test
  void laterLabelsOverrideAtTheLimit() {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < DomainLabels.OTHERS_MAX; i++) {
      many.put("file" + i, "new");
    }
    DomainLabels below =
        DomainLabels.ofXenstore(Map.of("tier", "old", "file0", "old", "plan", "p", "owner", "o"));
    DomainLabels all = below.overriddenBy(new DomainLabels("q", "", false, many));

    assertThat(all.others()).isEqualTo(many);
    assertThat(all.plan()).isEqualTo("q");
    assertThat(all.owner()).isEqualTo("o");
    assertThat(all.isProtected()).isFalse();
  }
}
