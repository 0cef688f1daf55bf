package io.blkwarden.agent.state;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseStore;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.LeaseStore.SalvagedLeases;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.state.LeaseDocument.Decoded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The lease store: {@code leases.json} in the state directory, which every version of the agent
 * reads, and {@code leases.copy} in the directory for copies, whose lines have checksums.
 *
 * <p>Each is a {@link StateFile}; the copy is written first. A save succeeds if one of the two
 * does. An intact copy takes precedence; tasks that only the other file has are restored. Put the
 * directories on a tmpfs such as {@code /run}: leases are void after a reboot, and a throttle must
 * not wait for overloaded disks.
 */
public final class LeaseFile implements LeaseStore {
  /** Longest file that is read, in bytes; 1024 leases of 64 workers are far shorter. */
  static final int MAX_BYTES = 64 << 20;

  private final StateFile json;
  private final StateFile copy;
  private Optional<String> degraded = Optional.empty();

  /** Both files in one directory, which is created if needed. */
  public LeaseFile(Path directory) {
    this(StateFolders.beside(directory));
  }

  /** The files in two directories, which are created if needed. */
  public LeaseFile(StateFolders folders) {
    this.json = new StateFile(folders.main(), "leases.json", MAX_BYTES);
    this.copy = new StateFile(folders.copies(), "leases.copy", MAX_BYTES);
  }

  /** Reads the files, and renames damaged ones to {@code NAME.corrupt}. */
  public FoundLeases load() {
    return read(true);
  }

  /** Reads the files without changing them. */
  public FoundLeases peek() {
    return read(false);
  }

  private FoundLeases read(boolean setAside) {
    ReadResult<Decoded> first = copy.read().map(LeaseCopy::decode);
    ReadResult<Decoded> second = json.read().map(LeaseDocument::decode);
    Optional<StoredLeases> authoritative =
        Stream.of(first, second)
            .flatMap(file -> file.toOptional().stream())
            .flatMap(file -> file.intact().stream())
            .findFirst();
    List<Lease> known = authoritative.map(StoredLeases::leases).orElse(List.of());
    List<String> faults = new ArrayList<>();
    faults.addAll(faults(copy, first, setAside));
    faults.addAll(faults(json, second, setAside));
    List<SalvagedLeases> salvaged =
        Stream.of(first, second)
            .flatMap(file -> file.toOptional().stream())
            .filter(file -> file.intact().isEmpty() || !file.intact().equals(authoritative))
            .flatMap(file -> file.readable().stream())
            .map(file ->
                new SalvagedLeases(
                    file.boot(),
                    file.leases().stream().filter(lease -> !known.contains(lease)).toList(),
                    file.workers(),
                    file.named()))
            .filter(file -> !file.isEmpty())
            .toList();
    return new FoundLeases(
        authoritative, salvaged, faults, authoritative.isEmpty() && !faults.isEmpty());
  }

  private static List<String> faults(StateFile file, ReadResult<Decoded> read, boolean setAside) {
    return switch (read) {
      case ReadResult.Failed<Decoded>(String cause) -> List.of(cause);
      case ReadResult.Present<Decoded>(Decoded decoded) when decoded.damage().isPresent() ->
          List.of(
              "%s: %s%s"
                  .formatted(
                      file.path(), decoded.damage().get(), setAside ? "; " + file.setAside() : ""));
      default -> List.of();
    };
  }

  @Override
  public Optional<String> save(StoredLeases leases) {
    Optional<String> copyFault = copy.replace(LeaseCopy.encode(leases));
    Optional<String> jsonFault = json.replace(LeaseDocument.encode(leases));
    degraded = jsonFault.or(() -> copyFault);
    return copyFault.isPresent() && jsonFault.isPresent()
        ? Optional.of(jsonFault.get() + "; " + copyFault.get())
        : Optional.empty();
  }

  @Override
  public Optional<String> degraded() {
    return degraded;
  }
}
