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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    List<Map<String, ?>> lines = new ArrayList<>();
    lines.add(
        Map.of("head", new Head(FORMAT, leases.boot(), leases.epoch(), pending.lostAtTicks())));
    leases.leases().forEach(lease -> lines.add(Map.of("lease", lease)));
    pending.workers().forEach(worker -> lines.add(Map.of("worker", worker)));
    pending.named().forEach(id -> lines.add(Map.of("named", id)));
    pending.suspects().forEach(found -> lines.add(Map.of("suspect", found)));
    return RecordLines.encode(lines);
  }

  static LeaseDocument.Decoded decode(byte[] bytes) {
    RecordLines.Read<Line> read = RecordLines.decode(bytes, Line.class);
    List<Line> lines = read.records();
    Head head = lines.stream().map(Line::head).filter(Objects::nonNull).findFirst().orElse(null);
    List<Lease> leases = all(lines, Line::lease);
    List<LeasedWorker> workers = all(lines, Line::worker);
    List<WorkerId> named = all(lines, Line::named);
    if (head == null) {
      return LeaseDocument.Decoded.damaged(
          "expected %s, found no intact header".formatted(FORMAT),
          LeaseDocument.salvage(new String(bytes, UTF_8)));
    }
    if (read.whole() && head.format().equals(FORMAT)) {
      return LeaseDocument.Decoded.ok(
          new StoredLeases(
              head.boot(),
              head.epoch(),
              leases,
              new PendingRestores(workers, named, all(lines, Line::suspect), head.lostAtTicks())));
    }
    return LeaseDocument.Decoded.damaged(
        "expected %s, found %s with damaged or unknown lines".formatted(FORMAT, head.format()),
        Optional.of(new SalvagedLeases(head.boot(), leases, workers, named)));
  }

  private static <T> List<T> all(List<Line> lines, Function<Line, @Nullable T> field) {
    return lines.stream()
        .<T>mapMulti((line, found) -> {
          T value = field.apply(line);
          if (value != null) {
            found.accept(value);
          }
        })
        .toList();
  }
}
