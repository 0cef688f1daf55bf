package io.blkwarden.controller.dispatch;

import io.blkwarden.commandline.log.LogKeys;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * Sees commands through: each is answered by an outcome, or given up when its time is over.
 *
 * <p>A host's commands go one after the other, so that a release never overtakes what it releases;
 * at most {@link #MAX_IN_FLIGHT} hosts are asked at once. At most {@link #MAX_WAITING} wait; one
 * more is refused, which counts as lost. Its time runs while a command waits. A command that may
 * begin is sent on the thread that brings it, for to wake another takes longer; all else happens on
 * the scheduler's one thread. Feedback is never given under the lock: it may bring commands.
 */
public final class CommandDesk {
  /** Most commands under way at once, one a host. */
  public static final int MAX_IN_FLIGHT = 256;

  /** Most commands that wait or are under way. */
  public static final int MAX_WAITING = 4_096;

  /** What became of commands. */
  public interface Feedback {
    /** An agent answered. */
    void outcome(Outcome outcome);

    /** A command was given up. */
    void lost(HostId host, MessageId command, String why);
  }

  private static final Logger log = LoggerFactory.getLogger(CommandDesk.class);

  private record Order(Command command, long deadlineMillis) {}

  private final CommandCall call;
  private final Feedback feedback;
  private final Scheduler scheduler;
  private final DispatchCounters counters;
  private final Map<HostId, ArrayDeque<Order>> waiting = new HashMap<>();
  private final ArrayDeque<HostId> turns = new ArrayDeque<>();
  private final Map<HostId, CommandCall.Ongoing> ongoing = new HashMap<>();
  private final Quota quota = new Quota(MAX_WAITING);

  /**
   * A desk with nothing on it.
   *
   * @param scheduler one thread that may wait a little
   */
  public CommandDesk(
      CommandCall call, Feedback feedback, Scheduler scheduler, DispatchCounters counters) {
    this.call = call;
    this.feedback = feedback;
    this.scheduler = scheduler;
    this.counters = counters;
  }

  /** Takes a command, and sends it now if it may begin; returns at once. */
  public void send(Command command) {
    order(command).ifPresent(this::line);
  }

  /** Takes a command that nobody waits for: its sending, too, is left to the scheduler. */
  void sendSoon(Command command) {
    order(command).ifPresent(order -> scheduler.schedule(() -> line(order)));
  }

  private Optional<Order> order(Command command) {
    if (!quota.take()) {
      counters.refused.increment();
      lose(command, "%d commands wait already".formatted(MAX_WAITING));
      return Optional.empty();
    }
    long deadlineMillis = scheduler.now(TimeUnit.MILLISECONDS) + command.expiresInMs();
    return Optional.of(new Order(command, deadlineMillis));
  }

  private synchronized void line(Order order) {
    HostId host = order.command().host();
    waiting.computeIfAbsent(host, key -> new ArrayDeque<>()).add(order);
    turns.add(host);
    next();
  }

  /** Takes note of an outcome that came another way than as an answer. */
  public void settled(Outcome outcome) {
    MessageId id = outcome.command();
    if (id != null) {
      scheduler.schedule(() -> {
        CommandCall.Ongoing underWay;
        synchronized (this) {
          underWay = ongoing.get(outcome.host());
        }
        if (underWay != null && underWay.command().id().equals(id)) {
          underWay.settle(outcome);
        }
      });
    }
  }

  /** Gives up all that waits and all that is under way. */
  public void abandon(String why) {
    scheduler.schedule(() -> {
      List<Order> given = new ArrayList<>();
      List<CommandCall.Ongoing> underWay;
      synchronized (this) {
        waiting.values().forEach(given::addAll);
        waiting.clear();
        turns.clear();
        underWay = List.copyOf(ongoing.values());
      }
      for (Order order : given) {
        quota.give();
        lose(order.command(), why);
      }
      underWay.forEach(each -> each.abandon(why));
    });
  }

  /** Waits until nothing waits and nothing is under way; false when the time was over first. */
  public boolean drain(Duration atMost) throws InterruptedException {
    return quota.awaitAll(atMost);
  }

  /** How many wait or are under way. */
  public int size() {
    return quota.taken();
  }

  /** Begins what may begin, under the lock: the oldest command of each host that is not busy. */
  private void next() {
    for (int looks = turns.size(); looks > 0 && ongoing.size() < MAX_IN_FLIGHT; looks--) {
      HostId host = turns.remove();
      if (ongoing.containsKey(host)) {
        turns.add(host); // keeps the order of the host's own
        continue;
      }
      ArrayDeque<Order> orders = waiting.get(host);
      Order order = orders == null ? null : orders.poll();
      if (orders != null && orders.isEmpty()) {
        waiting.remove(host);
      }
      if (order != null) {
        begin(order);
      }
    }
  }

  private void begin(Order order) {
    Command command = order.command();
    HostId host = command.host();
    ongoing.put(
        host,
        call.begin(
            command,
            order.deadlineMillis(),
            outcome -> {
              end(host);
              counters.answered.increment();
              feedback.outcome(outcome);
            },
            why -> {
              end(host);
              lose(command, why);
            }));
  }

  private synchronized void end(HostId host) {
    ongoing.remove(host);
    quota.give();
    next();
  }

  private void lose(Command command, String why) {
    counters.lost.increment();
    try (LogKeys keys = new LogKeys()) {
      keys.put("host", command.host()).put("command", command.id());
      log.warn("command {} to {} given up: {}", command.id(), command.host(), why);
    }
    feedback.lost(command.host(), command.id(), why);
  }
}
