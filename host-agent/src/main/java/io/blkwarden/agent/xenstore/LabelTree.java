package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.MappedDisk;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Labels of domains, which operators set in dom0's part of xenstore; read in three rounds.
 *
 * <pre>{@code
 * /local/domain/0/blkwarden/labels/3f0c2a52-96d8-4d5e-8a1b-0f5a4ad1c001/plan = "small"   (n0)
 * /local/domain/0/blkwarden/labels/3f0c2a52-96d8-4d5e-8a1b-0f5a4ad1c001/protected = "true"   (n0)
 * }</pre>
 *
 * <p>Guests can neither read nor write there. Invalid labels are ignored and reported, except that
 * an invalid value of {@code protected} counts as true.
 *
 * @param labels labels by domain and key; only domains with labels
 * @param ignored ignored labels, at most {@link #MAX_IGNORED}
 */
public record LabelTree(Map<UUID, Map<String, String>> labels, List<Ignored> ignored) {
  /** Directory with a subdirectory per UUID; also the path to watch. It need not exist. */
  public static final String ROOT = "/local/domain/0/blkwarden/labels";

  /** Maximum number of reported invalid labels. */
  static final int MAX_IGNORED = 100;

  private static final String PROTECTED = "protected";
  private static final List<String> FIRST = List.of(PROTECTED, "plan", "owner");
  private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");
  private static final Pattern VALUE = Pattern.compile("[ -~]{1,64}");
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /**
   * An ignored path.
   *
   * @param path the path
   * @param reason why it is ignored
   */
  public record Ignored(String path, String reason) {}

  public LabelTree {
    labels = Map.copyOf(labels);
    ignored = List.copyOf(ignored);
  }

  /**
   * Reads the labels of these domains. A failed request fails the whole read, because an unread
   * label must not look like a removed one.
   */
  public static ReadResult<LabelTree> read(XenStore store, Collection<UUID> domains) {
    List<Ignored> ignored = new ArrayList<>();
    ReadResult<List<String>> names = store.directory(ROOT);
    if (names instanceof ReadResult.Absent<List<String>>) {
      return ReadResult.present(new LabelTree(Map.of(), List.of()));
    }
    return names
        .map(list -> paths(list, domains, ignored))
        .flatMap(paths -> keys(store, paths, ignored))
        .flatMap(keys -> values(store, keys, ignored));
  }

  private static Map<UUID, String> paths(
      List<String> names, Collection<UUID> domains, List<Ignored> ignored) {
    Map<UUID, String> paths = new LinkedHashMap<>();
    for (String name : names) {
      if (!UUID_TEXT.matcher(name).matches()) {
        ignore(ignored, ROOT + "/" + name, "expected a UUID");
      } else if (domains.contains(UUID.fromString(name))) {
        paths.putIfAbsent(UUID.fromString(name), ROOT + "/" + name);
      }
    }
    return paths;
  }

  /** The location of a label. */
  private record Place(UUID domain, String path, String key) {}

  private static ReadResult<List<Place>> keys(
      XenStore store, Map<UUID, String> paths, List<Ignored> ignored) {
    List<Place> places = new ArrayList<>();
    List<UUID> domains = List.copyOf(paths.keySet());
    List<String> directories = List.copyOf(paths.values());
    List<ReadResult<List<String>>> listings = store.directories(directories);
    for (int n = 0; n < directories.size(); n++) {
      String directory = directories.get(n);
      switch (listings.get(n)) {
        case ReadResult.Present<List<String>>(List<String> names) -> {
          UUID domain = domains.get(n);
          keys(directory, names, ignored).stream()
              .map(key -> new Place(domain, directory + "/" + key, key))
              .forEach(places::add);
        }
        case ReadResult.Absent<List<String>> _ -> {}
        case ReadResult.Malformed<List<String>> bad -> ignore(ignored, directory, bad.describe());
        case ReadResult.Failed<List<String>> failed -> {
          return ReadResult.failed(failed.cause());
        }
      }
    }
    return ReadResult.present(places);
  }

  /** The keys to read; well-known ones come first, because the number of labels is limited. */
  private static List<String> keys(String directory, List<String> names, List<Ignored> ignored) {
    List<String> keys =
        names.stream()
            .filter(name -> {
              boolean fits = KEY.matcher(name).matches();
              if (!fits) {
                ignore(ignored, directory + "/" + name, "expected a key of 1 to 32 of a-z 0-9 _ -");
              }
              return fits;
            })
            .sorted(
                Comparator.comparing((String key) -> !FIRST.contains(key))
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    if (keys.size() <= MappedDisk.MAX_LABELS) {
      return keys;
    }
    ignore(
        ignored,
        directory,
        "expected at most %d labels, found %d".formatted(MappedDisk.MAX_LABELS, keys.size()));
    return keys.subList(0, MappedDisk.MAX_LABELS);
  }

  private static ReadResult<LabelTree> values(
      XenStore store, List<Place> places, List<Ignored> ignored) {
    Map<UUID, Map<String, String>> labels = new HashMap<>();
    List<ReadResult<String>> readings = store.readAll(places.stream().map(Place::path).toList());
    for (int n = 0; n < places.size(); n++) {
      Place place = places.get(n);
      if (readings.get(n) instanceof ReadResult.Failed<String> failed) {
        return ReadResult.failed(failed.cause());
      }
      value(place, readings.get(n), ignored)
          .ifPresent(text ->
              labels.computeIfAbsent(place.domain(), _ -> new HashMap<>()).put(place.key(), text));
    }
    return ReadResult.present(new LabelTree(labels, ignored));
  }

  private static Optional<String> value(
      Place place, ReadResult<String> reading, List<Ignored> ignored) {
    if (reading instanceof ReadResult.Absent<String>) {
      return Optional.empty(); // removed meanwhile
    }
    if (reading instanceof ReadResult.Present<String>(String text)
        && VALUE.matcher(text).matches()) {
      return Optional.of(text);
    }
    ignore(ignored, place.path(), "expected 1 to 64 printable ASCII characters");
    return place.key().equals(PROTECTED) ? Optional.of("true") : Optional.empty();
  }

  private static void ignore(List<Ignored> ignored, String path, String reason) {
    if (ignored.size() < MAX_IGNORED) {
      ignored.add(new Ignored(path, reason));
    }
  }
}
