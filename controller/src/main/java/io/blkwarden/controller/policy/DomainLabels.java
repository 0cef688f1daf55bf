package io.blkwarden.controller.policy;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The labels of a domain, by which policies select.
 *
 * @param plan empty when unknown
 * @param owner empty when unknown
 * @param isProtected whether its disks are never throttled
 * @param others further labels, at most {@link #OTHERS_MAX}
 */
public record DomainLabels(
    String plan, String owner, boolean isProtected, Map<String, String> others) {
  /** Most further labels of a domain. */
  public static final int OTHERS_MAX = 32;

  private static final String PLAN = "plan";
  private static final String OWNER = "owner";
  private static final String PROTECTED = "protected";
  private static final Set<String> NO = Set.of("false", "no", "0");

  /** No labels. */
  public static final DomainLabels NONE = new DomainLabels("", "", false, Map.of());

  public DomainLabels {
    others = Collections.unmodifiableMap(new TreeMap<>(others));
  }

  /**
   * The labels that dom0 wrote into xenstore. Any value of {@code protected} except a plain no
   * protects, so that a misspelt one does, too.
   */
  static DomainLabels ofXenstore(Map<String, String> labels) {
    if (labels.isEmpty()) {
      return NONE;
    }
    Map<String, String> others = new TreeMap<>(labels);
    String plan = others.remove(PLAN);
    String owner = others.remove(OWNER);
    String protection = others.remove(PROTECTED);
    return new DomainLabels(
        plan == null ? "" : plan,
        owner == null ? "" : owner,
        protection != null && !NO.contains(protection.toLowerCase(Locale.ROOT)),
        others);
  }

  /** These labels, overridden by others; protected if either is. */
  DomainLabels overriddenBy(DomainLabels over) {
    Map<String, String> all = new TreeMap<>(over.others);
    for (Map.Entry<String, String> each : others.entrySet()) {
      if (all.size() < OTHERS_MAX) {
        all.putIfAbsent(each.getKey(), each.getValue());
      }
    }
    return new DomainLabels(
        over.plan.isEmpty() ? plan : over.plan,
        over.owner.isEmpty() ? owner : over.owner,
        isProtected || over.isProtected,
        all);
  }
}
