package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.blkwarden.model.message.MappingEvent.DeviceAdded;
import io.blkwarden.model.message.MappingEvent.DeviceRemoved;
import io.blkwarden.model.message.MappingEvent.DiskAttached;
import io.blkwarden.model.message.MappingEvent.DiskChanged;
import io.blkwarden.model.message.MappingEvent.DiskDetached;
import io.blkwarden.model.message.MappingEvent.DomainStarted;
import io.blkwarden.model.message.MappingEvent.DomainStopped;
import io.blkwarden.model.message.MappingEvent.WorkersChanged;

/**
 * A message in JSON; the first field, {@code schema}, identifies the record.
 *
 * <p>Readers ignore unknown fields; a field never changes its meaning within a version.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "schema")
@JsonSubTypes({
  @JsonSubTypes.Type(value = MappingSnapshot.class, name = "blkwarden.mapping-snapshot.v1"),
  @JsonSubTypes.Type(value = DomainStarted.class, name = "blkwarden.domain-started.v1"),
  @JsonSubTypes.Type(value = DomainStopped.class, name = "blkwarden.domain-stopped.v1"),
  @JsonSubTypes.Type(value = DiskAttached.class, name = "blkwarden.disk-attached.v1"),
  @JsonSubTypes.Type(value = DiskDetached.class, name = "blkwarden.disk-detached.v1"),
  @JsonSubTypes.Type(value = DeviceAdded.class, name = "blkwarden.device-added.v1"),
  @JsonSubTypes.Type(value = DeviceRemoved.class, name = "blkwarden.device-removed.v1"),
  @JsonSubTypes.Type(value = WorkersChanged.class, name = "blkwarden.workers-changed.v1"),
  @JsonSubTypes.Type(value = DiskChanged.class, name = "blkwarden.disk-changed.v1"),
  @JsonSubTypes.Type(value = Heartbeat.class, name = "blkwarden.heartbeat.v1"),
  @JsonSubTypes.Type(value = Command.class, name = "blkwarden.command.v1"),
  @JsonSubTypes.Type(value = Outcome.class, name = "blkwarden.outcome.v1"),
  @JsonSubTypes.Type(value = Alert.class, name = "blkwarden.alert.v1"),
  @JsonSubTypes.Type(value = DecisionNote.class, name = "blkwarden.decision.v1"),
  @JsonSubTypes.Type(value = OperatorRequest.class, name = "blkwarden.operator-request.v1"),
  @JsonSubTypes.Type(value = OperatorReply.class, name = "blkwarden.operator-reply.v1"),
  @JsonSubTypes.Type(value = ReplayRequest.class, name = "blkwarden.replay-request.v1"),
  @JsonSubTypes.Type(value = ReplayPage.class, name = "blkwarden.replay-page.v1"),
  @JsonSubTypes.Type(value = Silence.class, name = "blkwarden.silence.v1"),
  @JsonSubTypes.Type(value = Ack.class, name = "blkwarden.ack.v1"),
  @JsonSubTypes.Type(value = Pause.class, name = "blkwarden.pause.v1"),
})
public sealed interface ControlMessage
    permits MappingEvent,
        Heartbeat,
        Command,
        Outcome,
        Alert,
        DecisionNote,
        OperatorRequest,
        OperatorReply,
        OperatorInput,
        ReplayRequest,
        ReplayPage {}
