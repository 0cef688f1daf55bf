package io.blkwarden.commandline.service;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The service manager, notified as in sd_notify(3) by {@code NOTIFY_SOCKET} and {@code
 * WATCHDOG_USEC}. Thread-safe and non-blocking: a message that does not fit into the socket's
 * buffer is an error.
 */
public final class Supervisor {
  /** Maximum length of a status, in characters. */
  private static final int MAX_STATUS = 200;

  private final Optional<NotifySocket> socket;
  private final Optional<Duration> watchdog;

  private Supervisor(Optional<NotifySocket> socket, Optional<Duration> watchdog) {
    this.socket = socket;
    this.watchdog = watchdog;
  }

  /**
   * The service manager of the environment; without one, notifications do nothing.
   *
   * @param pid this process; a watchdog of another process is ignored
   */
  public static Supervisor of(Map<String, String> environment, long pid) {
    Optional<NotifySocket> socket =
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")).flatMap(NotifySocket::named);
    String forPid = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    Optional<Duration> watchdog =
        forPid.equals(Long.toString(pid))
            ? Optional.ofNullable(environment.get("WATCHDOG_USEC")).flatMap(Supervisor::micros)
            : Optional.empty();
    return new Supervisor(socket, watchdog);
  }

  private static Optional<Duration> micros(String text) {
    return text.matches("[1-9]\\d{0,14}")
        ? Optional.of(Duration.ofNanos(Long.parseLong(text) * 1_000))
        : Optional.empty();
  }

  /** Whether there is a service manager. */
  public boolean listens() {
    return socket.isPresent();
  }

  /** The watchdog timeout; empty if there is none. */
  public Optional<Duration> watchdog() {
    return watchdog;
  }

  /**
   * Notifies that the service is ready and alive; repeat it within the watchdog timeout.
   *
   * @param status status text
   * @return the error, if any
   */
  public Optional<String> working(String status) {
    return send("READY=1\nWATCHDOG=1\nSTATUS=" + line(status));
  }

  /**
   * Sets the status without a keep-alive.
   *
   * @return the error, if any
   */
  public Optional<String> status(String status) {
    return send("STATUS=" + line(status));
  }

  /**
   * Notifies that the service is stopping.
   *
   * @return the error, if any
   */
  public Optional<String> stopping() {
    return send("STOPPING=1\nSTATUS=stopping");
  }

  private Optional<String> send(String message) {
    return socket.flatMap(to -> to.send(message));
  }

  /** A status on one line: messages are lines of KEY=VALUE. */
  private static String line(String status) {
    String line = status.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > MAX_STATUS ? line.substring(0, MAX_STATUS) : line;
  }
}
