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
  })
  public sealed interface Ask {
    /** Last token of the subject. */
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
}
