package io.blkwarden.controller.fleet;

import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Volume;
import io.blkwarden.model.Worker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Packs a host's disks, in the order in which {@link PackedDisks} reads them. */
final class DiskPacker {
  final SharedValues<String> texts = new SharedValues<>();
  final SharedValues<DiskRef> refs = new SharedValues<>();
  final SharedValues<List<PhysicalDevice>> stacks = new SharedValues<>();
  final SharedValues<Map<String, String>> labels = new SharedValues<>();
  final SharedValues<IoPriority> priorities = new SharedValues<>();
  final int[] offsets;
  private final PackedWriter out = new PackedWriter();
  private final Map<DomainRef, Integer> firstRows = new HashMap<>();

  DiskPacker(List<MappedDisk> disks) {
    offsets = new int[disks.size()];
    for (int row = 0; row < offsets.length; row++) {
      offsets[row] = out.length();
      pack(disks.get(row), row);
    }
  }

  byte[] bytes() {
    return out.toBytes();
  }

  private void pack(MappedDisk disk, int row) {
    out.number(PackedDisks.STATES.indexOf(disk.state()));
    domain(disk.domain(), row);
    out.number(refs.numberOf(disk.disk()));
    volume(disk.volume(), disk.domain().name());
    out.number(stacks.numberOf(disk.physical()));
    out.number(disk.reason() == null ? 0 : PackedDisks.REASONS.indexOf(disk.reason()) + 1L);
    out.number(labels.numberOf(disk.domainLabels()));
    out.number(disk.workers().size());
    for (Worker worker : disk.workers()) {
      worker(worker, PackedDisks.usualName(disk.domain(), disk.disk().vdev(), worker.ring()));
    }
  }

  /** The distance to an earlier row with the domain, or 0 and the domain. */
  private void domain(DomainRef domain, int row) {
    Integer first = firstRows.putIfAbsent(domain, row);
    out.number(first == null ? 0 : row - first);
    if (first == null) {
      out.fixed(domain.uuid().getMostSignificantBits());
      out.fixed(domain.uuid().getLeastSignificantBits());
      out.number(domain.domid());
      out.text(domain.name());
    }
  }

  /** A path in two parts around its domain's name, because many disks share the parts. */
  private void volume(Volume volume, String name) {
    String path = volume.path();
    int at = path == null ? -1 : path.indexOf(name);
    if (path == null || at < 0) {
      out.number(texts.numberOf(path));
      out.number(0);
    } else {
      out.number(texts.numberOf(path.substring(0, at)));
      out.number(texts.numberOf(path.substring(at + name.length())));
    }
    out.number(volume.device() == null ? 0 : volume.device().major() + 1L);
    out.number(volume.device() == null ? 0 : volume.device().minor());
    out.number(PackedDisks.ROLES.indexOf(volume.role()));
  }

  private void worker(Worker worker, String usualName) {
    out.number(PackedDisks.KINDS.indexOf(worker.kind()));
    out.number(worker.ring() == null ? 0 : worker.ring() + 1L);
    out.number(worker.pid());
    out.number(worker.startTicks());
    out.number(worker.comm().equals(usualName) ? 0 : texts.numberOf(worker.comm()));
    out.number(priorities.numberOf(worker.priority()));
    out.number(PackedDisks.PROOFS.indexOf(worker.proof()));
  }
}
