package io.blkwarden.commandline.nats;

import io.blkwarden.commandline.CommandError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Errors and hints for failed connections to NATS. */
public final class NatsFault {
  private static final int MAX_CAUSES = 16;
  private static final String START = "start nats-server, or set --nats or NATS_URL";

  private NatsFault() {}

  /** The error and hint of an exception of the client. */
  public static CommandError of(Throwable fault) {
    List<Throwable> causes = causes(fault);
    return causes.stream()
        .map(NatsFault::known)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(() -> unknown(causes.getLast()));
  }

  private static Optional<CommandError> known(Throwable cause) {
    String message = message(cause);
    return Optional.ofNullable(
        switch (cause) {
          case CertPathBuilderException _ ->
              new CommandError(
                  "its certificate is not signed by a trusted CA",
                  "set --nats-ca or NATS_CA to the file with its CA certificate");
          case CertificateException _ when message.startsWith("No ") ->
              new CommandError(
                  "its certificate does not match the server name: " + message,
                  "set --nats or NATS_URL to a name or address in the certificate");
          case UnknownHostException _ ->
              new CommandError("no such host: " + message, "set --nats or NATS_URL");
          case ConnectException _ -> new CommandError(message, START);
          case Throwable _ when message.startsWith("SSL required by server") ->
              new CommandError("the server requires TLS", "use tls:// in --nats or NATS_URL");
          case Throwable _ when message.contains("Parser Error") ->
              new CommandError(
                  "nats-server reports a protocol error: " + message,
                  "see the log of nats-server; if the user name or password in --nats contains"
                      + " characters such as quotation marks, use a seed (--creds) instead");
          case Throwable _ when message.startsWith("SSL connection wanted by client") ->
              new CommandError(
                  "the server has no TLS",
                  "enable TLS in nats-server, or remove tls:// and --nats-ca (NATS_URL, NATS_CA)");
          default -> null;
        });
  }

  private static CommandError unknown(Throwable cause) {
    boolean unreachable = cause instanceof TimeoutException || cause instanceof IOException;
    return new CommandError(message(cause), unreachable ? START : "see the log of nats-server");
  }

  /** The message of an exception, or its type if it has none, as some timeouts. */
  static String message(Throwable fault) {
    String message = fault.getMessage();
    return message == null ? fault.getClass().getSimpleName() : message;
  }

  /** An exception and its causes, outermost first. */
  static List<Throwable> causes(Throwable fault) {
    return Stream.iterate(fault, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES).toList();
  }
}
