package io.blkwarden.controller.policy;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The labels of the labels file, by name pattern, name or UUID of the domain.
 *
 * <p>All matching entries apply: patterns in order, then the name, then the UUID. Later entries
 * override earlier ones, but cannot remove protection.
 */
public final class Labels {
  /** Most entries. */
  public static final int MAX = 10_000;

  /** No labels. */
  public static final Labels NONE = new Labels(Map.of());

  private final Map<String, DomainLabels> entries;
  private final List<Map.Entry<Glob, DomainLabels>> patterns = new ArrayList<>();

  /**
   * Labels with these entries.
   *
   * @param entries by pattern, name or UUID of the domain, in order; at most {@link #MAX}
   */
  public Labels(Map<String, DomainLabels> entries) {
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    entries.forEach((domain, labels) -> {
      if (domain.indexOf('*') >= 0 || domain.indexOf('?') >= 0) {
        patterns.add(Map.entry(new Glob(domain), labels));
      }
    });
  }

  /**
   * The labels of a disk's domain: those of the file, else those from xenstore. Protected when
   * either says so.
   */
  public DomainLabels of(MappedDisk disk) {
    return DomainLabels.ofXenstore(disk.domainLabels()).overriddenBy(of(disk.domain()));
  }

  /** The labels of a domain in the file. */
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

  /** Only the entries that protect, without other labels. */
  public Labels onlyProtection() {
    Map<String, DomainLabels> kept = new LinkedHashMap<>();
    entries.forEach((domain, labels) -> {
      if (labels.isProtected()) {
        kept.put(domain, new DomainLabels("", "", true, Map.of()));
      }
    });
    return new Labels(kept);
  }

  /** Number of entries. */
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
