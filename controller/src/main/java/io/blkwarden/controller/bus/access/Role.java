package io.blkwarden.controller.bus.access;

import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.HostToken;

/** What somebody who connects to NATS is to the installation. */
public sealed interface Role {
  /** The agent of one dom0: says what is true of its host, and hears its commands. */
  record Host(HostId host) implements Role {
    @Override
    public String file() {
      return "host-" + HostToken.encode(host) + ".nk";
    }

    @Override
    public String text() {
      return "host " + HostToken.encode(host);
    }
  }

  /** A role that there is one of. */
  enum Single implements Role {
    /** The service that commands. */
    CONTROLLER("controller", "the controllers"),

    /** People who ask the controller to throttle, release, approve, silence and pause. */
    OPERATOR("operator", "people who act"),

    /** People and programs that read alerts and maps, and nothing else. */
    VIEWER("viewer", "people and programs who only look");

    private final String word;
    private final String text;

    Single(String word, String text) {
      this.word = word;
      this.text = text;
    }

    @Override
    public String file() {
      return word + ".nk";
    }

    @Override
    public String text() {
      return text;
    }
  }

  /** Name of the file with its seed. */
  String file();

  /** Whose it is, in plain words. */
  String text();
}
