package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import org.jspecify.annotations.Nullable;

/**
 * What a person asks of the controller, on {@code operator.<verb>}, by request and reply.
 *
 * @param by who asks, for the record
 * @param reason why, in a sentence
 * @param ask what is asked
 */
public record OperatorRequest(String by, String reason, Ask ask) implements ControlMessage {
  public OperatorRequest {
    Require.text(by, 255, "by");
    Require.text(reason, 1_000, "reason");
    Require.present(ask, "ask");
  }

  /** What is asked: one of a closed set, told apart by {@code verb}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "verb")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Throttle.class, name = "throttle"),
    @JsonSubTypes.Type(value = Release.class, name = "release"),
    @JsonSubTypes.Type(value = ReleaseAll.class, name = "release-all"),
    @JsonSubTypes.Type(value = Proposals.class, name = "proposals"),
    @JsonSubTypes.Type(value = Approve.class, name = "approve"),
    @JsonSubTypes.Type(value = Deny.class, name = "deny"),
    @JsonSubTypes.Type(value = Forget.class, name = "forget"),
    @JsonSubTypes.Type(value = SilenceAdd.class, name = "silence-add"),
    @JsonSubTypes.Type(value = SilenceExpire.class, name = "silence-expire"),
    @JsonSubTypes.Type(value = AckAdd.class, name = "ack"),
    @JsonSubTypes.Type(value = AckUndo.class, name = "ack-undo"),
    @JsonSubTypes.Type(value = PauseSet.class, name = "pause"),
    @JsonSubTypes.Type(value = PauseEnd.class, name = "resume"),
  })
  public sealed interface Ask {
    /** Token of the subject behind {@code operator}. */
    String verb();
  }

  /**
   * Throttle a disk. Exactly one of {@code priority} and {@code limitPerS} is given.
   *
   * @param host where
   * @param domain name or UUID of the domain
   * @param disk virtual device, such as {@code xvda2}
   * @param priority what to set; absent for a limit
   * @param limitPerS what to set; absent for a priority
   * @param leaseMs how long
   */
  public record Throttle(
      HostId host,
      String domain,
      String disk,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable IoPriority priority,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer limitPerS,
      long leaseMs)
      implements Ask {
    public Throttle {
      Require.present(host, "host");
      Require.text(domain, 255, "domain");
      Require.text(disk, 64, "disk");
      Restraint.of(priority, limitPerS, "ask");
      Require.within(leaseMs, 1_000, CommandAction.Set.MAX_LEASE_MS, "lease_ms");
    }

    /** The same with the restraint as one value. */
    public Throttle(HostId host, String domain, String disk, Restraint restraint, long leaseMs) {
      this(host, domain, disk, restraint.priorityOrNull(), restraint.limitOrNull(), leaseMs);
    }

    /** What to set. */
    public Restraint restraint() {
      return Restraint.of(priority, limitPerS, "ask");
    }

    @Override
    public String verb() {
      return "throttle";
    }
  }

  /**
   * Release a disk.
   *
   * @param host where
   * @param domain name or UUID of the domain
   * @param disk virtual device
   */
  public record Release(HostId host, String domain, String disk) implements Ask {
    public Release {
      Require.present(host, "host");
      Require.text(domain, 255, "domain");
      Require.text(disk, 64, "disk");
    }

    @Override
    public String verb() {
      return "release";
    }
  }

  /** Release everything in the fleet. */
  public record ReleaseAll() implements Ask {
    @Override
    public String verb() {
      return "release-all";
    }
  }

  /** List what waits for a person's approval. */
  public record Proposals() implements Ask {
    @Override
    public String verb() {
      return "proposals";
    }
  }

  /**
   * Let a proposal be carried out, if everything still holds when the next samples come.
   *
   * @param proposal which
   */
  public record Approve(MessageId proposal) implements Ask {
    public Approve {
      Require.present(proposal, "proposal");
    }

    @Override
    public String verb() {
      return "approve";
    }
  }

  /**
   * Refuse a proposal; its breach gets no other one before it is over.
   *
   * @param proposal which
   */
  public record Deny(MessageId proposal) implements Ask {
    public Deny {
      Require.present(proposal, "proposal");
    }

    @Override
    public String verb() {
      return "deny";
    }
  }

  /**
   * Forget a host that is gone for good: its map, its open alerts, its place in the fleet.
   *
   * @param host which
   */
  public record Forget(HostId host) implements Ask {
    public Forget {
      Require.present(host, "host");
    }

    @Override
    public String verb() {
      return "forget";
    }
  }

  /** A request that sets or ends a silence, an acknowledgement or the pause. */
  public sealed interface Lasting extends Ask {}

  /**
   * Add a silence that starts now.
   *
   * @param match which alerts
   * @param forMs how long
   */
  public record SilenceAdd(Silence.Matcher match, long forMs) implements Lasting {
    public SilenceAdd {
      Require.present(match, "match");
      Require.within(forMs, 1, Silence.LONGEST.toMillis(), "for_ms");
    }

    @Override
    public String verb() {
      return "silence-add";
    }
  }

  /**
   * End a silence.
   *
   * @param silence which
   */
  public record SilenceExpire(MessageId silence) implements Lasting {
    public SilenceExpire {
      Require.present(silence, "silence");
    }

    @Override
    public String verb() {
      return "silence-expire";
    }
  }

  /**
   * Acknowledge an alert or all alerts of an incident.
   *
   * @param about id of the alert or of the incident
   */
  public record AckAdd(MessageId about) implements Lasting {
    public AckAdd {
      Require.present(about, "about");
    }

    @Override
    public String verb() {
      return "ack";
    }
  }

  /**
   * Withdraw an acknowledgement.
   *
   * @param about id of the alert or of the incident
   */
  public record AckUndo(MessageId about) implements Lasting {
    public AckUndo {
      Require.present(about, "about");
    }

    @Override
    public String verb() {
      return "ack-undo";
    }
  }

  /** Pause enforcement. */
  public record PauseSet() implements Lasting {
    @Override
    public String verb() {
      return "pause";
    }
  }

  /** End the pause. */
  public record PauseEnd() implements Lasting {
    @Override
    public String verb() {
      return "resume";
    }
  }
}
