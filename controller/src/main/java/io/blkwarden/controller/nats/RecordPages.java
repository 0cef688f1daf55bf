package io.blkwarden.controller.nats;

import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;

/** A source of stored messages, page by page; each call waits for the server. */
public interface RecordPages {
  /** The page that the request asks for. */
  ReplayPage page(RecordKind kind, ReplayRequest request) throws NatsException;
}
