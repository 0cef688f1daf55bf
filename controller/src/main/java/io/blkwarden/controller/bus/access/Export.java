package io.blkwarden.controller.bus.access;

/**
 * What other accounts may import from the controllers' account.
 *
 * @param kind what they may do
 * @param subject with wildcards
 */
public record Export(Kind kind, String subject) {
  /** What other accounts may do with a subject. */
  public enum Kind {
    /** Publish, and get one answer. */
    SERVICE("service: %s, threshold: \"10s\""),

    /** Publish, and get the answers of several controllers. */
    SERVICE_OF_MANY("service: %s, response: stream, threshold: \"10s\""),

    /** Subscribe. */
    STREAM("stream: %s");

    private final String form;

    Kind(String form) {
      this.form = form;
    }
  }

  /** An entry of a list of exports; the server forgets after the threshold whom to answer. */
  String text() {
    return "{ " + kind.form.formatted(ServerConfig.quoted(subject)) + " }";
  }
}
