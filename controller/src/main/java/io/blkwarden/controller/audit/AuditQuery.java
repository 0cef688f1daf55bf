package io.blkwarden.controller.audit;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.Outcome;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The subject of an audit trail: a domain by name or UUID, or a throttle, alert or incident by ID.
 *
 * <p>An ID also matches related messages: the alert of a throttle, the throttles of an alert. Pass
 * all messages to {@link #addRelated} before calling {@link #matches}.
 */
public final class AuditQuery {
  /** Maximum number of related IDs; further ones are ignored. */
  static final int RELATED_MAX = 4_096;

  private final String about;
  private final @Nullable MessageId id;
  private final Set<MessageId> related = new HashSet<>();

  /**
   * A query.
   *
   * @param about name of a host, name or UUID of a domain, or an ID
   * @throws IllegalArgumentException if it is empty or too long
   */
  public AuditQuery(String about) {
    if (about.isBlank() || about.length() > 255) {
      throw new IllegalArgumentException(
          "expected the name of a host, a domain's name or UUID, or the ID of a throttle or alert,"
              + " found '%s'".formatted(about));
    }
    this.about = about;
    this.id = id(about);
    if (id != null) {
      related.add(id);
    }
  }

  private static @Nullable MessageId id(String about) {
    try {
      return new MessageId(about);
    } catch (IllegalArgumentException e) {
      return null; // a name
    }
  }

  /** The name, UUID or ID. */
  public String about() {
    return about;
  }

  /** The ID; absent for a domain. */
  public Optional<MessageId> id() {
    return Optional.ofNullable(id);
  }

  /** The ID and the related ones learned so far. */
  public List<String> related() {
    return related.stream().map(MessageId::value).toList();
  }

  /** Collects the related IDs from an alert or a decision. */
  public void addRelated(ControlMessage message) {
    if (id != null && related.size() < RELATED_MAX && !(message instanceof Outcome)) {
      List<MessageId> ids = ids(message);
      boolean incident = message instanceof Alert alert && id.equals(alert.incident());
      if (incident || ids.contains(id)) {
        related.addAll(ids);
      }
    }
  }

  /** The alert and the throttle of a message. */
  private static List<MessageId> ids(ControlMessage message) {
    return switch (message) {
      case Alert alert ->
          ids(alert.id(), alert.action() == null ? null : alert.action().throttle());
      case DecisionNote note -> ids(note.alert(), note.throttle());
      case Outcome outcome -> ids(null, outcome.lease());
      default -> List.of();
    };
  }

  private static List<MessageId> ids(@Nullable MessageId alert, @Nullable MessageId throttle) {
    return Stream.concat(Stream.ofNullable(alert), Stream.ofNullable(throttle)).toList();
  }

  /** Whether a message belongs to the audit trail. */
  public boolean matches(ControlMessage message) {
    if (id != null) {
      return ids(message).stream().anyMatch(related::contains)
          || (message instanceof DecisionNote note && note.id().equals(id));
    }
    return switch (message) {
      case Alert alert -> isAbout(alert.host(), alert.domain());
      case DecisionNote note -> isAbout(note.host(), note.domain());
      case Outcome outcome -> isAbout(outcome.host(), outcome.domain());
      default -> false;
    };
  }

  private boolean isAbout(HostId host, @Nullable DomainRef domain) {
    return host.value().equals(about)
        || (domain != null
            && (domain.name().equals(about) || domain.uuid().toString().equalsIgnoreCase(about)));
  }
}
