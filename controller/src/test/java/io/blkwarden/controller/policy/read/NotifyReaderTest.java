package io.blkwarden.controller.policy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.notify.settings.NotifySettings;
import io.blkwarden.controller.notify.settings.WebhookTemplate;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.model.message.Alert;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class NotifyReaderTest {
  private static NotifyReader.Load read(String text) {
    return NotifyReader.read(new PolicyFile("notify.yaml", text));
  }

  @Test
  void readsBothKindsWithDefaults() {
    NotifyReader.Load load =
        read(
            """
            alertmanagers:
              - { url: "http://127.0.0.1:9093", resend: 30s }
            webhooks:
              - url: https://hooks.example/blkwarden
                bearer_token_file: /etc/blkwarden/hook.token
                timeout: 2s
                attempts: 3
                queue: 50
                severity: [ critical, warning ]
                template: '{"host": {{host}}, "what": [ {{ summary }} ]}'
              - { url: "https://hooks.slack.example/x", template: slack }
            """);

    assertThat(load.problems()).isEmpty();
    assertThat(load.settings().alertmanagers())
        .containsExactly(
            new NotifySettings.Alertmanager(
                URI.create("http://127.0.0.1:9093"), null, 5_000, 30_000));
    assertThat(load.settings().webhooks())
        .containsExactly(
            new NotifySettings.Webhook(
                URI.create("https://hooks.example/blkwarden"),
                Path.of("/etc/blkwarden/hook.token"),
                2_000,
                3,
                50,
                Set.of(Alert.Severity.CRITICAL, Alert.Severity.WARNING),
                WebhookTemplate.parse("{\"host\": {{host}}, \"what\": [ {{ summary }} ]}")
                    .orElseThrow()),
            new NotifySettings.Webhook(
                URI.create("https://hooks.slack.example/x"),
                null,
                5_000,
                10,
                1_000,
                EnumSet.allOf(Alert.Severity.class),
                WebhookTemplate.SLACK));
  }

  @Test
  void reportsAllProblemsAndHasNoReceivers() {
    NotifyReader.Load load =
        read(
            """
            alertmanagers:
              - { url: "ftp://x", resend: 1s }
              - { resend: 30s, bearer_tokenfile: /x }
            webhooks:
              - { url: "http://ana:secret@hooks.example/", attempts: none }
              - { url: "http://x", severity: fatal, template: "{{summery}}" }
              - { url: "http://x", template: "summary={{summary}}" }
            webhook: []
            """);

    assertThat(load.settings()).isEqualTo(NotifySettings.NONE);
    assertThat(load.problems())
        .extracting(PolicyProblem::key)
        .containsExactlyInAnyOrder(
            "alertmanagers[0].url",
            "alertmanagers[0].resend",
            "alertmanagers[1].url",
            "alertmanagers[1].bearer_tokenfile",
            "webhooks[0].url",
            "webhooks[0].attempts",
            "webhooks[1].severity",
            "webhooks[1].template",
            "webhooks[2].template",
            "webhook");
    assertThat(load.problems().toString())
        .contains("notify.yaml:3", "bearer_token_file", "5s to 1h");
  }
}
