package io.blkwarden.commandline.nats;

import io.blkwarden.commandline.Complaint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Errors and hints for failed connections to NATS. */
public final class NatsFault {
  private static final int MAX_CAUSES = 16;

  private NatsFault() {}

  /** The error and hint of an exception of the client. */
  public static Complaint of(Throwable fault) {
    for (Throwable each : causes(fault)) {
      String message = message(each);
      switch (each) {
        case CertPathBuilderException _ -> {
          return new Complaint(
              "its certificate is not signed by a trusted CA",
              "set --nats-ca or NATS_CA to the file with its CA certificate");
        }
        case CertificateException _ when message.startsWith("No ") -> {
          return new Complaint(
              "its certificate does not match the server name: " + message,
              "set --nats or NATS_URL to a name or address in the certificate");
        }
        case UnknownHostException _ -> {
          return new Complaint("no such host: " + message, "set --nats or NATS_URL");
        }
        case ConnectException _ -> {
          return new Complaint(message, "start nats-server, or set --nats or NATS_URL");
        }
        default -> {
          if (message.startsWith("SSL required by server")) {
            return new Complaint("the server requires TLS", "use tls:// in --nats or NATS_URL");
          }
          if (message.contains("Parser Error")) {
            return new Complaint(
                "nats-server reports a protocol error: " + message,
                "see the log of nats-server; if the user name or password in --nats contains"
                    + " characters such as quotation marks, use a seed (--creds) instead");
          }
          if (message.startsWith("SSL connection wanted by client")) {
            return new Complaint(
                "the server has no TLS",
                "enable TLS in nats-server, or remove tls:// and --nats-ca (NATS_URL, NATS_CA)");
          }
        }
      }
    }
    Throwable last = causes(fault).getLast();
    return last instanceof TimeoutException || last instanceof IOException
        ? new Complaint(message(last), "start nats-server, or set --nats or NATS_URL")
        : new Complaint(message(last), "see the log of nats-server");
  }

  /** The message of an exception, or its type if it has none, as some timeouts. */
  static String message(Throwable fault) {
    String message = fault.getMessage();
    return message == null ? fault.getClass().getSimpleName() : message;
  }

  /** An exception and its causes, outermost first. */
  static List<Throwable> causes(Throwable fault) {
    List<Throwable> causes = new ArrayList<>();
    Throwable each = fault;
    while (each != null && causes.size() < MAX_CAUSES) {
      causes.add(each);
      each = each.getCause();
    }
    return causes;
  }
}
