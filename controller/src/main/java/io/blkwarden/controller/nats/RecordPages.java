package io.blkwarden.controller.nats;

import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;

/** A source of pages of stored messages. */
public interface RecordPages {
  /** Reads a page; blocks. */
  ReplayPage page(RecordKind kind, ReplayRequest request) throws NatsException;
}
