package io.blkwarden.controller.policy;

import io.blkwarden.controller.policy.yaml.Section;
import java.util.Optional;

/** A policy; each kind is a record in a package of its own. */
public interface Policy {
  /** Unique name, as alerts show it. */
  String name();

  /** How far it may go. */
  Mode mode();

  /** What it does. */
  Response then();

  /**
   * A kind of policy as policy files have it.
   *
   * @param key the key of a policy that selects the kind
   * @param marker a key in that section that selects it among kinds with the same key; else empty
   * @param reader reads a policy of the kind
   */
  record Kind(String key, String marker, Reader reader) {
    /** A kind that has its key to itself, or is what the key means without a marker. */
    public Kind(String key, Reader reader) {
      this(key, "", reader);
    }

    /** Whether a policy with the key is of this kind; makes the marker a known key. */
    public boolean matches(Section policy) {
      return marker.isEmpty()
          || policy.section(key).filter(section -> section.known(marker)).isPresent();
    }

    /** Reads one kind of policy. */
    public interface Reader {
      /** The policy; empty when it has a problem, which is then reported. */
      Optional<? extends Policy> read(Section policy, String name, Mode mode);
    }
  }
}
