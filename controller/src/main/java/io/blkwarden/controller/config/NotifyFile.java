package io.blkwarden.controller.config;

import io.blkwarden.controller.notify.settings.NotifySettings;
import io.blkwarden.controller.notify.settings.Secret;
import io.blkwarden.controller.policy.read.NotifyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The settings of notification receivers with their tokens.
 *
 * @param tokens by file
 * @param problems of the file; empty if it is valid
 */
public record NotifyFile(NotifySettings settings, Map<Path, Secret> tokens, List<String> problems) {
  /** No receivers. */
  public static final NotifyFile NONE = new NotifyFile(NotifySettings.NONE, Map.of(), List.of());

  public NotifyFile {
    tokens = Map.copyOf(tokens);
    problems = List.copyOf(problems);
  }

  /** Reads the file and the tokens that it names. */
  public static NotifyFile read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      return new NotifyFile(
          NotifySettings.NONE, Map.of(), List.of("cannot read %s: %s".formatted(file, e)));
    }
    NotifyReader.Load load = NotifyReader.read(new PolicyFile(file.toString(), text));
    List<String> problems =
        new ArrayList<>(load.problems().stream().map(PolicyProblem::toString).toList());
    Map<Path, Secret> tokens = new HashMap<>();
    Stream.concat(
            load.settings().alertmanagers().stream().map(NotifySettings.Alertmanager::tokenFile),
            load.settings().webhooks().stream().map(NotifySettings.Webhook::tokenFile))
        .filter(Objects::nonNull)
        .distinct()
        .forEach(each -> {
          try {
            tokens.put(each, SecretFile.read(each));
          } catch (IllegalArgumentException e) {
            problems.add("%s: bearer_token_file: %s".formatted(file, e.getMessage()));
          }
        });
    return new NotifyFile(load.settings(), tokens, problems);
  }
}
