package io.blkwarden.controller.nats;

import io.blkwarden.controller.audit.AuditQuery;
import io.blkwarden.controller.audit.AuditTrail;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads stored messages page by page, for the command line and HTTP. */
public final class Records {
  private static final List<RecordKind> AUDIT_KINDS =
      List.of(RecordKind.DECISION, RecordKind.OUTCOME, RecordKind.ALERT);

  private Records() {}

  /**
   * A stored message.
   *
   * @param at when NATS stored it
   * @param id {@code Nats-Msg-Id}; may be absent
   * @param json as published; empty if there is a problem
   * @param problem why the message is missing; may be empty
   */
  public record Stored(Instant at, @Nullable String id, String json, String problem) {
    /** The message in UTF-8. */
    public byte[] bytes() {
      return json.getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * Passes stored messages to {@code consumer}, in order, until there are no more.
   *
   * @return the cursor after the last one; absent if there is none yet
   */
  public static Optional<String> each(
      Pages pages,
      RecordKind kind,
      ReplayRequest request,
      BooleanSupplier stopped,
      Consumer<Stored> consumer)
      throws NatsException {
    ReplayRequest next = request;
    while (true) {
      ReplayPage page = pages.page(kind, next);
      if (page.verdict() != Verdict.DONE) {
        throw new NatsException(
            "the controller did not send the records (%s)".formatted(page.verdict().wire()),
            page.detail());
      }
      page.records().forEach(each -> consumer.accept(stored(each)));
      if (!page.more() || page.cursor() == null || stopped.getAsBoolean()) {
        return Optional.ofNullable(page.cursor() == null ? next.cursor() : page.cursor());
      }
      next = next.after(page.cursor());
    }
  }

  private static Stored stored(ReplayPage.Stored each) {
    String json = "";
    String problem = each.problem() == null ? "" : each.problem();
    if (each.message() != null) {
      json = each.message().text();
    } else if (each.gzip() != null) {
      try {
        json = unzipped(Base64.getDecoder().decode(String.join("", each.gzip())));
      } catch (IOException | IllegalArgumentException e) {
        problem = "invalid compressed form";
      }
    }
    return new Stored(each.at(), each.id(), json, problem);
  }

  private static String unzipped(byte[] gzip) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      // the decoder refuses longer ones
      return new String(in.readNBytes(ControlJson.MAX_BYTES + 1), StandardCharsets.UTF_8);
    }
  }

  /**
   * The decisions, outcomes and alerts of a query's subject since {@code since}, without those that
   * cannot be decoded, which may be of a later version.
   */
  public static AuditTrail auditTrail(
      Pages pages, AuditQuery query, Instant since, BooleanSupplier stopped) throws NatsException {
    AuditTrail trail = new AuditTrail();
    if (query.id().isPresent()) {
      history(pages, about(query.about()), since, stopped, query::addRelated);
    }
    List<String> related = query.id().isPresent() ? query.related() : List.of();
    List<String> about = related.isEmpty() ? about(query.about()) : related;
    history(
        pages,
        about,
        since,
        stopped,
        message -> {
          if (query.matches(message)) {
            trail.add(message);
          }
        });
    return trail;
  }

  /** UUIDs are stored in lower case. */
  private static List<String> about(String text) {
    return Stream.of(text, text.toLowerCase(Locale.ROOT)).distinct().toList();
  }

  private static void history(
      Pages pages,
      List<String> about,
      Instant since,
      BooleanSupplier stopped,
      Consumer<ControlMessage> consumer)
      throws NatsException {
    ReplayRequest all = ReplayRequest.since(since);
    ReplayRequest wanted = about.size() > ReplayRequest.CONTAINS_MAX ? all : all.containing(about);
    for (RecordKind kind : AUDIT_KINDS) {
      Optional<String> _ =
          each(
              pages,
              kind,
              wanted,
              stopped,
              stored -> {
                if (ControlJson.decode(ControlMessage.class, stored.bytes())
                    instanceof Decoded.Ok<ControlMessage>(ControlMessage message)) {
                  consumer.accept(message);
                }
              });
    }
  }

  /** A source of pages of stored messages. */
  public interface Pages {
    /** Reads a page; blocks. */
    ReplayPage page(RecordKind kind, ReplayRequest request) throws NatsException;
  }
}
