package io.blkwarden.controller.policy;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The labels of all domains that the labels file names, by name pattern or UUID.
 *
 * <p>All patterns that fit a domain count, in the order given, then its whole name, then its UUID;
 * what comes later counts more, except that nothing takes protection away.
 */
public final class Labels {
  /** Most entries. */
  public static final int MAX = 10_000;

  /** No labels. */
  public static final Labels NONE = new Labels(Map.of());

  private final Map<String, DomainLabels> entries;
  private final List<Map.Entry<Glob, DomainLabels>> patterns = new ArrayList<>();

  /**
   * Takes entries over.
   *
   * @param entries by pattern, whole name or UUID of the domain, in order; at most {@link #MAX}
   */
  public Labels(Map<String, DomainLabels> entries) {
    Require.within(entries.size(), 0, MAX, "labels (count)");
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    entries.forEach((domain, labels) -> {
      if (domain.indexOf('*') >= 0 || domain.indexOf('?') >= 0) {
        patterns.add(Map.entry(new Glob(domain), labels));
      }
    });
  }

  /**
   * What is said of a disk's domain: by the file, and where that is silent by what dom0 wrote into
   * xenstore. Protected when either says so.
   */
  public DomainLabels of(MappedDisk disk) {
    return DomainLabels.ofXenstore(disk.domainLabels()).overriddenBy(of(disk.domain()));
  }

  /** What the file says of a domain. */
  public DomainLabels of(DomainRef domain) {
    if (entries.isEmpty()) {
      return DomainLabels.NONE;
    }
    DomainLabels found = DomainLabels.NONE;
    for (Map.Entry<Glob, DomainLabels> each : patterns) {
      if (each.getKey().matches(domain.name())) {
        found = found.overriddenBy(each.getValue());
      }
    }
    return found
        .overriddenBy(entries.getOrDefault(domain.name(), DomainLabels.NONE))
        .overriddenBy(entries.getOrDefault(domain.uuid().toString(), DomainLabels.NONE));
  }

  /** Only what protects. */
  public Labels onlyProtection() {
    Map<String, DomainLabels> kept = new LinkedHashMap<>();
    entries.forEach((domain, labels) -> {
      if (labels.isProtected()) {
        kept.put(domain, new DomainLabels("", "", true, Map.of()));
      }
    });
    return new Labels(kept);
  }

  /** How many entries there are. */
  public int size() {
    return entries.size();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels labels && entries.equals(labels.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
