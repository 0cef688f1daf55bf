package io.blkwarden.controller.snapshot;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.VolumeRole;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A disk in the last window between two samples; unknown values are absent.
 *
 * <p>Refers to the host's mapping, which is immutable: texts are made when they are shown.
 *
 * @param mapped its entry in the mapping; in JSON as the values of the methods
 * @param iops reads and writes a second
 * @param readIops reads a second
 * @param writeIops writes a second
 * @param readBytesPerS bytes read a second
 * @param writeBytesPerS bytes written a second
 * @param awaitMs mean time of an I/O
 * @param util share of the time in which any I/O was in flight, 0 to 1
 * @param share its share of the time of all guests' I/Os on its device, 0 to 1
 * @param readAwaitMs mean time of a read
 * @param writeAwaitMs mean time of a write
 * @param inFlight I/Os in flight when the sample was taken
 * @param policies whose threshold it exceeds
 */
@JsonPropertyOrder({
  "domain", "vdev", "volume", "role", "state", "reason", "workers", "devices", "iops"
})
public record DiskSnapshot(
    @JsonIgnore MappedDisk mapped,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double iops,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double readIops,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double writeIops,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double readBytesPerS,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double writeBytesPerS,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double awaitMs,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double util,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double share,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double readAwaitMs,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double writeAwaitMs,
    @JsonSerialize(using = KnownNumbers.class) @Nullable Double inFlight,
    List<String> policies) {
  /** Its domain. */
  @JsonProperty("domain")
  public DomainRef domain() {
    return mapped.domain();
  }

  /** Virtual device. */
  @JsonProperty("vdev")
  public String vdev() {
    return mapped.disk().vdev();
  }

  /** The toolstack's path of its volume. */
  @JsonProperty("volume")
  public @Nullable String volume() {
    return mapped.volume().path();
  }

  /** Role of the volume. */
  @JsonProperty("role")
  public VolumeRole role() {
    return mapped.volume().role();
  }

  /** Whether its workers are proven. */
  @JsonProperty("state")
  public MappingState state() {
    return mapped.state();
  }

  /** Why they are not; absent when they are. */
  @JsonProperty("reason")
  public @Nullable UnresolvedReason reason() {
    return mapped.reason();
  }

  /** Tasks that serve it, as name and pid. */
  @JsonProperty("workers")
  public List<String> workers() {
    return mapped.workers().stream().map(each -> each.comm() + " " + each.pid()).toList();
  }

  /** The physical devices below it. */
  @JsonProperty("devices")
  public List<String> devices() {
    return mapped.physical().stream().map(PhysicalDevice::name).toList();
  }
}
