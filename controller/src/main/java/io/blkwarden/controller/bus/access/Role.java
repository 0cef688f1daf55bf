package io.blkwarden.controller.bus.access;

import io.blkwarden.model.HostId;
import io.blkwarden.model.WireName;
import io.blkwarden.model.subject.HostToken;

/** The role of a NATS user in the installation. */
public sealed interface Role {
  /** Suffix of seed file names. */
  String SUFFIX = ".nk";

  /** Display name of the user. */
  String text();

  /** Name of the user's seed file. */
  default String file() {
    return text().replace(' ', '-') + SUFFIX;
  }

  /** The agent of one dom0: publishes for its host only, and receives its commands. */
  record Host(HostId host) implements Role {
    @Override
    public String text() {
      return "host " + HostToken.encode(host);
    }
  }

  /** The controllers; they share one key. */
  record Controllers() implements Role {
    @Override
    public String file() {
      return "controller" + SUFFIX;
    }

    @Override
    public String text() {
      return "the controllers";
    }
  }

  /** What a person or program may do; its wire name is the prefix of seed file names. */
  enum Kind implements WireName {
    /** Requests controllers to throttle, release, approve, silence and pause. */
    OPERATOR,
    /** Reads alerts and mappings only. */
    VIEWER
  }

  /**
   * A person or program with a key of its own.
   *
   * @param name the user's name; empty for the default key
   */
  record Person(Kind kind, String name) implements Role {
    public Person {
      if (!name.matches("[A-Za-z0-9_-]{0,64}")) {
        throw new IllegalArgumentException(
            "expected a name of 1 to 64 of A-Z a-z 0-9 _ -, found '%s'".formatted(name));
      }
    }

    @Override
    public String text() {
      return (kind.wire() + " " + name).stripTrailing();
    }
  }
}
