package io.blkwarden.agent.state;

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
 * The records of leases: {@code leases.json} of the state directory, which every version of the
 * agent reads, and {@code leases.copy} of the copies' directory, whose lines have checksums. Both
 * are readable by root only.
 *
 * <p>Each is replaced as a whole ({@link AtomicFile}), the copy first. Leases are stored when one
 * of the two is. An intact copy decides; what only the other record has was damaged or is outdated,
 * and is restored. The directories are best on a tmpfs such as {@code /run}: leases mean nothing
 * after a reboot, and a throttle must not wait for the very disks that are overloaded.
 */
public final class LeaseFile implements LeaseStore {
  /** Longest file that is read, in bytes: 1024 leases of 64 workers stay well below it. */
  static final int MAX_BYTES = 64 << 20;

  private final StateFile json;
  private final StateFile copy;
  private Optional<String> degraded = Optional.empty();

  /** The records in one directory, which is made when it is not there. */
  public LeaseFile(Path directory) {
    this(StateFolders.beside(directory));
  }

  /** The records in two directories, which are made when they are not there. */
  public LeaseFile(StateFolders folders) {
    this.json = new StateFile(folders.main(), "leases.json", MAX_BYTES);
    this.copy = new StateFile(folders.copies(), "leases.copy", MAX_BYTES);
  }

  /** One of the two records. */
  private record Source(StateFile file, Optional<Decoded> found, Optional<String> fault) {
    static Source read(StateFile file, Function<byte[], Decoded> decode) {
      return switch (file.read()) {
        case StateFile.Content.Missing _ -> new Source(file, Optional.empty(), Optional.empty());
        case StateFile.Content.Unreadable(String detail) ->
            new Source(file, Optional.empty(), Optional.of(detail));
        case StateFile.Content.Bytes bytes -> {
          Decoded decoded = decode.apply(bytes.get());
          yield new Source(
              file,
              Optional.of(decoded),
              decoded instanceof Decoded.Damaged(String detail, var _)
                  ? Optional.of(file.path() + ": " + detail)
                  : Optional.empty());
        }
      };
    }

    Optional<StoredLeases> whole() {
      return found.flatMap(decoded ->
          decoded instanceof Decoded.Ok(StoredLeases leases)
              ? Optional.of(leases)
              : Optional.empty());
    }

    /** What it has that an intact record has not, or says otherwise. */
    Optional<SalvagedLeases> beside(Optional<StoredLeases> decisive) {
      Optional<SalvagedLeases> all =
          found.flatMap(decoded ->
              switch (decoded) {
                case Decoded.Ok(StoredLeases leases) ->
                    Optional.of(
                        new SalvagedLeases(leases.boot(), leases.leases(), List.of(), List.of()));
                case Decoded.Damaged(String _, Optional<SalvagedLeases> salvaged) -> salvaged;
              });
      List<Lease> known = decisive.map(StoredLeases::leases).orElse(List.of());
      return all.map(salvaged ->
              new SalvagedLeases(
                  salvaged.boot(),
                  salvaged.leases().stream().filter(lease -> !known.contains(lease)).toList(),
                  salvaged.workers(),
                  salvaged.named()))
          .filter(salvaged -> !salvaged.isEmpty());
    }
  }

  /** Reads the records; damaged ones are renamed to {@code NAME.corrupt}. */
  public FoundLeases load() {
    return read(true);
  }

  /** Reads the records and leaves them as they are, as for a program that only shows them. */
  public FoundLeases look() {
    return read(false);
  }

  private FoundLeases read(boolean setAside) {
    Source first = Source.read(copy, LeaseCopy::decode);
    Source second = Source.read(json, LeaseDocument::decode);
    Optional<StoredLeases> decisive = first.whole().or(second::whole);
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
      if (source.whole().isEmpty() || !source.whole().equals(decisive)) {
        source.beside(decisive).ifPresent(salvaged::add);
      }
    }
    return new FoundLeases(decisive, salvaged, faults, decisive.isEmpty() && !faults.isEmpty());
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
