package io.blkwarden.controller.policy.yaml;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A YAML text as a tree of nodes with their places, within bounds.
 *
 * <p>At most {@link #CHARACTERS_MAX} characters, {@link #DEPTH_MAX} levels, {@link #NODES_MAX}
 * nodes and no aliases, so that a small file cannot stand for a large tree. No type is constructed
 * from the text. Beyond a bound there is a problem and no tree.
 */
final class YamlTree {
  static final int CHARACTERS_MAX = 256 * 1024;
  static final int DEPTH_MAX = 16;
  static final int NODES_MAX = 50_000;

  private YamlTree() {}

  /** The tree; empty for an empty file, and when there is a problem. */
  static Optional<Node> read(PolicyFile file, Problems problems) {
    if (file.text().length() > CHARACTERS_MAX) {
      problems.at(
          1,
          1,
          "",
          "expected at most %d characters, found %d"
              .formatted(CHARACTERS_MAX, file.text().length()));
      return Optional.empty();
    }
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.name()).setCodePointLimit(CHARACTERS_MAX).build();
    try {
      return bounded(file, settings, problems)
          ? new Compose(settings).composeString(file.text())
          : Optional.empty();
    } catch (MarkedYamlEngineException e) {
      problems.at(e.getProblemMark().or(e::getContextMark), "", "not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      problems.at(1, 1, "", "not YAML: " + e.getMessage());
    }
    return Optional.empty();
  }

  private static boolean bounded(PolicyFile file, LoadSettings settings, Problems problems) {
    int depth = 0;
    int nodes = 0;
    for (Event event : new Parse(settings).parseString(file.text())) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> {
          depth++;
          nodes++;
        }
        case MappingEnd, SequenceEnd -> depth--;
        case Scalar -> nodes++;
        case Alias, Comment, DocumentEnd, DocumentStart, StreamEnd, StreamStart -> {}
      }
      if (event instanceof AliasEvent) {
        return beyond(event, "aliases are not supported: write the value out", problems);
      }
      if (depth > DEPTH_MAX) {
        return beyond(event, "expected at most %d levels".formatted(DEPTH_MAX), problems);
      }
      if (nodes > NODES_MAX) {
        return beyond(event, "expected at most %d values".formatted(NODES_MAX), problems);
      }
    }
    return true;
  }

  private static boolean beyond(Event event, String message, Problems problems) {
    problems.at(event.getStartMark(), "", message);
    return false;
  }
}
