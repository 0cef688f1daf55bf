package io.blkwarden.controller.bus.access;

import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.HostToken;

/** The role of a NATS user in the installation. */
public sealed interface Role {
  /** The agent of one dom0: publishes for its host only, and receives its commands. */
  record Host(HostId host) implements Role {
    @Override
    public String file() {
      return "host-" + HostToken.encode(host) + SUFFIX;
    }

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

  /** A person or program with a key of its own. */
  sealed interface Person extends Role {
    /** The user's name; empty for the default key. */
    String name();

    /** Prefix of seed file names. */
    String word();

    @Override
    default String file() {
      return (name().isEmpty() ? word() : word() + "-" + name()) + SUFFIX;
    }

    @Override
    default String text() {
      return name().isEmpty() ? word() : word() + " " + name();
    }
  }

  /** Requests controllers to throttle, release, approve, silence and pause. */
  record Operator(String name) implements Person {
    /** Prefix of seed file names. */
    public static final String WORD = "operator";

    public Operator {
      requireName(name);
    }

    @Override
    public String word() {
      return WORD;
    }
  }

  /** Reads alerts and mappings only. */
  record Viewer(String name) implements Person {
    /** Prefix of seed file names. */
    public static final String WORD = "viewer";

    public Viewer {
      requireName(name);
    }

    @Override
    public String word() {
      return WORD;
    }
  }

  /** Suffix of seed file names. */
  String SUFFIX = ".nk";

  /** Name of the user's seed file. */
  String file();

  /** Display name of the user. */
  String text();

  private static void requireName(String name) {
    if (!name.matches("[A-Za-z0-9_-]{0,64}")) {
      throw new IllegalArgumentException(
          "expected a name of 1 to 64 of A-Z a-z 0-9 _ -, found '%s'".formatted(name));
    }
  }
}
