package io.blkwarden.agent.scan;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DomainRef;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Running guests, from {@code /local/domain/<domid>/name} and {@code vm}.
 *
 * <p>A domain whose name or UUID is not written yet is just being made: it is left out until it is.
 * One whose UUID is no UUID is left out, too; one whose name is no text is called by its UUID.
 */
final class DomainScan {
  private static final String DOMAINS = "/local/domain";
  private static final int UUID_LENGTH = 36;

  private DomainScan() {}

  static List<DomainRef> read(XenStore store, ScanFaults notes) {
    List<String> names = notes.value(DOMAINS, store.directory(DOMAINS), true);
    List<Integer> domids =
        (names == null ? List.<String>of() : names)
            .stream()
                .filter(name -> name.matches("[1-9]\\d{0,4}"))
                .map(Integer::valueOf)
                .filter(domid -> domid <= DomainRef.MAX_DOMID)
                .sorted()
                .toList();
    List<ReadResult<String>> titles = store.readAll(paths(domids, "name"));
    List<ReadResult<String>> vms = store.readAll(paths(domids, "vm"));
    List<DomainRef> domains = new ArrayList<>();
    for (int i = 0; i < domids.size(); i++) {
      String node = DOMAINS + "/" + domids.get(i);
      String name = notes.ofOne(node + "/name", titles.get(i));
      ReadResult<String> vm = vms.get(i);
      UUID uuid = notes.parsed(node + "/vm", vm, vm instanceof ReadResult.Failed, DomainScan::uuid);
      if (uuid == null) {
        continue;
      }
      if (titles.get(i) instanceof ReadResult.Malformed) {
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

  /** A UUID out of {@code /vm/<uuid>}; older toolstacks append {@code -1} to it. */
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
