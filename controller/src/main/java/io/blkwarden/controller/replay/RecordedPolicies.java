package io.blkwarden.controller.replay;

import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.LabelsReader;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The text of policy files, as stored in a recording.
 *
 * @param files in order of precedence
 * @param labels the labels file; absent if none
 */
public record RecordedPolicies(List<PolicyFile> files, @Nullable PolicyFile labels) {
  private static final String SCHEMA = "blkwarden.recorded-policies.v1";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public RecordedPolicies {
    files = List.copyOf(files);
  }

  /** Encodes them as a message of a recording. */
  public byte[] encode() {
    ObjectNode root = JSON.createObjectNode();
    root.put("schema", SCHEMA);
    ArrayNode all = root.putArray("files");
    files.forEach(file -> put(all.addObject(), file));
    if (labels != null) {
      put(root.putObject("labels"), labels);
    }
    return JSON.writeValueAsBytes(root);
  }

  private static void put(ObjectNode node, PolicyFile file) {
    node.put("name", file.name()).put("text", file.text());
  }

  /** Decodes a message of a recording; empty if it is invalid. */
  public static Optional<RecordedPolicies> decode(byte[] message) {
    try {
      JsonNode root = JSON.readTree(message);
      if (!SCHEMA.equals(root.path("schema").asString(""))) {
        return Optional.empty();
      }
      List<PolicyFile> files = new ArrayList<>();
      for (JsonNode each : root.path("files")) {
        files.add(file(each));
      }
      JsonNode labels = root.path("labels");
      return Optional.of(new RecordedPolicies(files, labels.isObject() ? file(labels) : null));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static PolicyFile file(JsonNode node) {
    return new PolicyFile(node.path("name").asString(""), node.path("text").asString(""));
  }

  /** The effective policies; invalid files are ignored as by the controller. */
  public PolicySet policies() {
    PolicySet set = PolicyReader.read(files, PolicyLoad.NONE).policies();
    return labels == null ? set : set.with(LabelsReader.read(labels, Labels.NONE).labels());
  }
}
