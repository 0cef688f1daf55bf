package io.blkwarden.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseStore.SalvagedLeases;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.lease.LeasedWorker;
import io.blkwarden.agent.lease.PendingRestores;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The format of {@code leases.copy}: a header, then a line with a checksum for each record. */
final class LeaseCopy {
  private static final String FORMAT = "blkwarden.lease-copy.v1";

  private LeaseCopy() {}

  /**
   * A line; exactly one field is set.
   *
   * @param head the header
   * @param lease a lease
   * @param worker a task to restore
   * @param named a task to restore once it is a proven worker
   * @param suspect a task whose current priority must not be recorded as its original one
   */
  private record Line(
      @Nullable Head head,
      @Nullable Lease lease,
      @Nullable LeasedWorker worker,
      @Nullable WorkerId named,
      PendingRestores.@Nullable Suspect suspect) {}

  private record Head(String format, UUID boot, long epoch, long lostAtTicks) {
    Head {
      Require.present(format, "format");
      Require.present(boot, "boot");
    }
  }

  static byte[] encode(StoredLeases leases) {
    PendingRestores pending = leases.pending();
    List<Line> lines = new ArrayList<>();
    lines.add(
        new Line(
            new Head(FORMAT, leases.boot(), leases.epoch(), pending.lostAtTicks()),
            null,
            null,
            null,
            null));
    leases.leases().forEach(lease -> lines.add(new Line(null, lease, null, null, null)));
    pending.workers().forEach(worker -> lines.add(new Line(null, null, worker, null, null)));
    pending.named().forEach(id -> lines.add(new Line(null, null, null, id, null)));
    pending.suspects().forEach(found -> lines.add(new Line(null, null, null, null, found)));
    return RecordLines.encode(
        lines.stream().map(line -> LeaseDocument.MAPPER.writeValueAsBytes(line)).toList());
  }

  static LeaseDocument.Decoded decode(byte[] bytes) {
    RecordLines.Read read = RecordLines.decode(bytes);
    Head head = null;
    boolean valid = true;
    List<Lease> leases = new ArrayList<>();
    List<LeasedWorker> workers = new ArrayList<>();
    List<WorkerId> named = new ArrayList<>();
    List<PendingRestores.Suspect> suspects = new ArrayList<>();
    for (byte[] record : read.records()) {
      try {
        Line line = LeaseDocument.MAPPER.readValue(record, Line.class);
        head = head == null ? line.head() : head;
        Optional.ofNullable(line.lease()).ifPresent(leases::add);
        Optional.ofNullable(line.worker()).ifPresent(workers::add);
        Optional.ofNullable(line.named()).ifPresent(named::add);
        Optional.ofNullable(line.suspect()).ifPresent(suspects::add);
      } catch (JacksonException | IllegalArgumentException _) {
        valid = false;
      }
    }
    if (head == null) {
      return new LeaseDocument.Decoded.Damaged(
          "expected %s, found no intact header".formatted(FORMAT),
          LeaseDocument.salvage(new String(bytes, UTF_8)));
    }
    if (read.whole() && valid && head.format().equals(FORMAT)) {
      return new LeaseDocument.Decoded.Ok(
          new StoredLeases(
              head.boot(),
              head.epoch(),
              leases,
              new PendingRestores(workers, named, suspects, head.lostAtTicks())));
    }
    return new LeaseDocument.Decoded.Damaged(
        "expected %s, found %s with damaged or unknown lines".formatted(FORMAT, head.format()),
        Optional.of(new SalvagedLeases(head.boot(), leases, workers, named)));
  }
}
