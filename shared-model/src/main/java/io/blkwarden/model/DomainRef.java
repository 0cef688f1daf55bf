package io.blkwarden.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A guest: its lasting UUID and what it is called just now.
 *
 * @param uuid lasting identity, from {@code /local/domain/<domid>/vm} in xenstore
 * @param domid number of this incarnation, 1 to 32751; Xen gives it to another domain later, so it
 *     is never an identity by itself
 * @param name the toolstack's name for it, 1 to 255 characters: hostile text, print it escaped
 */
public record DomainRef(UUID uuid, int domid, String name) {
  /** Highest domid that Xen gives to a guest ({@code DOMID_FIRST_RESERVED} - 1). */
  public static final int MAX_DOMID = 0x7FEF;

  public DomainRef {
    Require.present(uuid, "domain.uuid");
    Require.within(domid, 0, MAX_DOMID, "domain.domid");
    Require.text(name, 255, "domain.name");
  }

  /** Whether the other value names the same incarnation of the same guest. */
  public boolean sameIncarnation(@Nullable DomainRef other) {
    return other != null && uuid.equals(other.uuid) && domid == other.domid;
  }
}
