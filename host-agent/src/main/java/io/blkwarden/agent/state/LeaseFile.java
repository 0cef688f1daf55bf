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
import java.util.function.Function;

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

  /** One of the two files. */
  private record Source(StateFile file, Optional<Decoded> found, Optional<String> fault) {
    static Source read(StateFile file, Function<byte[], Decoded> decode) {
      ReadResult<Decoded> found = file.read().map(decode);
      return new Source(
          file,
          found.toOptional(),
          switch (found) {
            case ReadResult.Present<Decoded>(Decoded.Damaged(String detail, var _)) ->
                Optional.of(file.path() + ": " + detail);
            case ReadResult.Failed<Decoded>(String cause) -> Optional.of(cause);
            default -> Optional.empty();
          });
    }

    Optional<StoredLeases> intact() {
      return found.flatMap(decoded ->
          decoded instanceof Decoded.Ok(StoredLeases leases)
              ? Optional.of(leases)
              : Optional.empty());
    }

    /** The leases that differ from those of the authoritative file. */
    Optional<SalvagedLeases> differences(Optional<StoredLeases> authoritative) {
      Optional<SalvagedLeases> all =
          found.flatMap(decoded ->
              switch (decoded) {
                case Decoded.Ok(StoredLeases leases) ->
                    Optional.of(
                        new SalvagedLeases(leases.boot(), leases.leases(), List.of(), List.of()));
                case Decoded.Damaged(String _, Optional<SalvagedLeases> salvaged) -> salvaged;
              });
      List<Lease> known = authoritative.map(StoredLeases::leases).orElse(List.of());
      return all.map(salvaged ->
              new SalvagedLeases(
                  salvaged.boot(),
                  salvaged.leases().stream().filter(lease -> !known.contains(lease)).toList(),
                  salvaged.workers(),
                  salvaged.named()))
          .filter(salvaged -> !salvaged.isEmpty());
    }
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
    Source first = Source.read(copy, LeaseCopy::decode);
    Source second = Source.read(json, LeaseDocument::decode);
    Optional<StoredLeases> authoritative = first.intact().or(second::intact);
    List<String> faults = new ArrayList<>();
    List<SalvagedLeases> salvaged = new ArrayList<>();
    for (Source source : List.of(first, second)) {
      source
          .fault()
          .ifPresent(fault ->
              faults.add(
                  setAside && source.found().isPresent()
                      ? fault + "; " + source.file().setAside()
                      : fault));
      if (source.intact().isEmpty() || !source.intact().equals(authoritative)) {
        source.differences(authoritative).ifPresent(salvaged::add);
      }
    }
    return new FoundLeases(
        authoritative, salvaged, faults, authoritative.isEmpty() && !faults.isEmpty());
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
