package io.blkwarden.agent.queue;

import io.blkwarden.model.Require;
import java.util.regex.Pattern;

/**
 * A queue setting that the agent has changed.
 *
 * @param device kernel name, such as {@code sda}
 * @param setting the setting
 * @param before original value
 * @param ours value set by the agent; any other value was set by someone else
 */
public record ChangedSetting(String device, QueueSetting setting, String before, String ours) {
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._!-]{0,63}");

  public ChangedSetting {
    matches(device, DEVICE, "device");
    Require.present(setting, "setting");
    matches(before, VALUE, "before");
    matches(ours, VALUE, "ours");
  }

  private static void matches(String text, Pattern form, String field) {
    if (!form.matcher(Require.text(text, 64, field)).matches()) {
      throw new IllegalArgumentException(
          "%s: expected letters, digits, - and _, found '%s'".formatted(field, text));
    }
  }

  /** For logs: {@code sda scheduler mq-deadline (before: none)}. */
  public String describe() {
    return "%s %s %s (before: %s)".formatted(device, setting.wire(), ours, before);
  }
}
