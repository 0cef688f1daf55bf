package io.blkwarden.controller.bus.access;

/**
 * An export of the controllers' account.
 *
 * @param subject may contain wildcards
 */
public record Export(Kind kind, String subject) {
  /** What other accounts may do with a subject. */
  public enum Kind {
    /** Publish and receive one reply. */
    SERVICE("service: %s, threshold: \"10s\""),

    /** Publish and receive the replies of several controllers. */
    SERVICE_OF_MANY("service: %s, response: stream, threshold: \"10s\""),

    /** Subscribe. */
    STREAM("stream: %s");

    private final String form;

    Kind(String form) {
      this.form = form;
    }
  }

  /** The entry in the list of exports; replies are possible within the threshold. */
  String text() {
    return "{ " + kind.form.formatted(ServerConfig.quoted(subject)) + " }";
  }
}
