package io.blkwarden.commandline.service;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The service manager that started this process, as sd_notify(3) has it: it names its socket in
 * {@code NOTIFY_SOCKET}, and in {@code WATCHDOG_USEC} how long it waits for a sign of life.
 *
 * <p>Safe for use by several threads. What is told is small and repeated, so nothing waits here: a
 * message that finds no room is lost, and its sender hears of it.
 */
public final class Supervisor {
  /** Longest status that is told, in characters: a line on a screen. */
  private static final int MAX_STATUS = 200;

  private final Optional<NotifySocket> socket;
  private final Optional<Duration> watchdog;

  private Supervisor(Optional<NotifySocket> socket, Optional<Duration> watchdog) {
    this.socket = socket;
    this.watchdog = watchdog;
  }

  /**
   * The one that the environment names; where it names none, what is told reaches nobody and that
   * is no fault.
   *
   * @param pid of this process: a watchdog for another is not obeyed
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

  /** Whether there is one that listens. */
  public boolean listens() {
    return socket.isPresent();
  }

  /** How long it waits for a sign of life before it ends this process; empty when it does not. */
  public Optional<Duration> watchdog() {
    return watchdog;
  }

  /**
   * This process does its work, and is alive. To be told again and again: the first time makes a
   * service started, all others only keep the watchdog away.
   *
   * @param status how it stands, in one sentence
   * @return why it could not be told
   */
  public Optional<String> working(String status) {
    return send("READY=1\nWATCHDOG=1\nSTATUS=" + line(status));
  }

  /**
   * How it stands, and no sign of life.
   *
   * @return why it could not be told
   */
  public Optional<String> status(String status) {
    return send("STATUS=" + line(status));
  }

  /**
   * This process ends.
   *
   * @return why it could not be told
   */
  public Optional<String> stopping() {
    return send("STOPPING=1\nSTATUS=stopping");
  }

  private Optional<String> send(String message) {
    return socket.flatMap(to -> to.send(message));
  }

  /** A message is lines of KEY=VALUE, so a status must not make one of its own. */
  private static String line(String status) {
    String line = status.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > MAX_STATUS ? line.substring(0, MAX_STATUS) : line;
  }
}
