package io.blkwarden.agent.scan;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DomainRef;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads the running guests from {@code /local/domain/<domid>/name} and {@code vm}.
 *
 * <p>Domains without a name or UUID are still being created and are skipped. Domains with a
 * malformed UUID are skipped; those with a malformed name are named by their UUID.
 */
final class DomainScan {
  private static final String DOMAINS = "/local/domain";
  private static final int UUID_LENGTH = 36;

  private DomainScan() {}

  static List<DomainRef> read(XenStore store, ScanFaults faults) {
    List<String> names = faults.value(DOMAINS, store.directory(DOMAINS), true);
    List<Integer> domids =
        (names == null ? List.<String>of() : names)
            .stream()
                .filter(name -> name.matches("[1-9]\\d{0,4}"))
                .map(Integer::valueOf)
                .filter(domid -> domid <= DomainRef.MAX_DOMID)
                .sorted()
                .toList();
    List<ReadResult<String>> nameReads = store.readAll(paths(domids, "name"));
    List<ReadResult<String>> vmReads = store.readAll(paths(domids, "vm"));
    List<DomainRef> domains = new ArrayList<>();
    for (int i = 0; i < domids.size(); i++) {
      String node = DOMAINS + "/" + domids.get(i);
      String name = faults.guestValue(node + "/name", nameReads.get(i));
      ReadResult<String> vm = vmReads.get(i);
      UUID uuid =
          faults.parsed(node + "/vm", vm, vm instanceof ReadResult.Failed, DomainScan::uuid);
      if (uuid == null) {
        continue;
      }
      if (nameReads.get(i) instanceof ReadResult.Malformed) {
        domains.add(new DomainRef(uuid, domids.get(i), uuid.toString()));
      } else if (name != null && !name.isEmpty()) {
        domains.add(new DomainRef(uuid, domids.get(i), cut(name)));
      }
    }
    return domains;
  }

  private static List<String> paths(List<Integer> domids, String key) {
    return domids.stream().map(domid -> DOMAINS + "/" + domid + "/" + key).toList();
  }

  /** The UUID in {@code /vm/<uuid>}; older toolstacks append {@code -1}. */
  static UUID uuid(String vm) {
    String text = vm.substring(vm.lastIndexOf('/') + 1);
    if (text.length() > UUID_LENGTH && text.charAt(UUID_LENGTH) == '-') {
      text = text.substring(0, UUID_LENGTH);
    }
    if (text.length() != UUID_LENGTH) {
      throw new IllegalArgumentException("expected /vm/ and a UUID");
    }
    return UUID.fromString(text);
  }

  private static String cut(String name) {
    return name.length() > 255 ? name.substring(0, 255) : name;
  }
}
