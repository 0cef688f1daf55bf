package io.blkwarden.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A guest: its permanent UUID, its current domid and name.
 *
 * @param uuid permanent identity, from {@code /local/domain/<domid>/vm} in xenstore
 * @param domid number of this incarnation, 1 to 32751; Xen reuses it
 * @param name the toolstack's name, 1 to 255 characters; untrusted, escape it when printing
 */
public record DomainRef(UUID uuid, int domid, String name) {
  /** Highest domid of a guest ({@code DOMID_FIRST_RESERVED} - 1). */
  public static final int MAX_DOMID = 0x7FEF;

  public DomainRef {
    Require.present(uuid, "domain.uuid");
    Require.within(domid, 0, MAX_DOMID, "domain.domid");
    Require.text(name, 255, "domain.name");
  }

  /** Whether both are the same incarnation of the same guest. */
  public boolean sameIncarnation(@Nullable DomainRef other) {
    return other != null && uuid.equals(other.uuid) && domid == other.domid;
  }
}
