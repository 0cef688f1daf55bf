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

/** Why a NATS server could not be reached, and what to do about it. */
public final class NatsFault {
  private static final int DEEPEST = 16;

  private NatsFault() {}

  /** What a client said of its last try. */
  public static Complaint of(Throwable fault) {
    for (Throwable each : causes(fault)) {
      String message = words(each);
      switch (each) {
        case CertPathBuilderException _ -> {
          return new Complaint(
              "no authority that is known here vouches for its certificate",
              "name the file with its authority by --nats-ca or NATS_CA");
        }
        case CertificateException _ when message.startsWith("No ") -> {
          return new Complaint(
              "its certificate bears another name: " + message,
              "set --nats or NATS_URL to a name or address that the certificate bears");
        }
        case UnknownHostException _ -> {
          return new Complaint("no such host: " + message, "set --nats or NATS_URL");
        }
        case ConnectException _ -> {
          return new Complaint(message, "start nats-server, or set --nats or NATS_URL");
        }
        default -> {
          if (message.startsWith("SSL required by server")) {
            return new Complaint("it asks for TLS", "write tls:// in --nats or NATS_URL");
          }
          if (message.contains("Parser Error")) {
            return new Complaint(
                "nats-server does not understand what is sent to it: " + message,
                "see the log of nats-server; of a user name or password in --nats, write"
                    + " characters such as quotation marks as a seed (--creds) instead");
          }
          if (message.startsWith("SSL connection wanted by client")) {
            return new Complaint(
                "it offers no TLS",
                "let it, or leave out tls:// and --nats-ca (NATS_URL, NATS_CA)");
          }
        }
      }
    }
    Throwable last = causes(fault).getLast();
    return last instanceof TimeoutException || last instanceof IOException
        ? new Complaint(words(last), "start nats-server, or set --nats or NATS_URL")
        : new Complaint(words(last), "see the log of nats-server, which answered");
  }

  /** Some, such as those of a time that is over, say nothing. */
  static String words(Throwable fault) {
    String message = fault.getMessage();
    return message == null ? fault.getClass().getSimpleName() : message;
  }

  /** A fault and its causes, outermost first. */
  static List<Throwable> causes(Throwable fault) {
    List<Throwable> causes = new ArrayList<>();
    Throwable each = fault;
    while (each != null && causes.size() < DEEPEST) {
      causes.add(each);
      each = each.getCause();
    }
    return causes;
  }
}
