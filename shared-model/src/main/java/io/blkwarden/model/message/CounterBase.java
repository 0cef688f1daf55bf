package io.blkwarden.model.message;

import io.blkwarden.model.Require;
import java.util.List;

/**
 * The base values of a host's sample counters.
 *
 * <p>A sample batch refers to the base by id and carries increases since it, so that numbers are
 * small and a lost batch loses no counts.
 *
 * @param id increases with every new base of an agent's run
 * @param columns names of the columns, as {@code docs/PROTOCOL.md} lists them
 * @param disks one row per disk of the snapshot, in its order; empty if its counters were
 *     unreadable
 * @param devices one row per physical device of the snapshot, in its order
 */
public record CounterBase(
    long id, List<String> columns, List<List<Long>> disks, List<List<Long>> devices) {
  public CounterBase {
    Require.within(id, 0, Long.MAX_VALUE, "base.id");
    columns = Require.list(columns, 64, "base.columns");
    disks = rows(disks, MappingSnapshot.MAX_DISKS, columns.size(), "base.disks");
    devices = rows(devices, MappingSnapshot.MAX_DEVICES, columns.size(), "base.devices");
  }

  private static List<List<Long>> rows(
      List<List<Long>> rows, int maxRows, int columns, String field) {
    return Require.list(rows, maxRows, field).stream()
        .map(row -> {
          if (!row.isEmpty() && row.size() != columns) {
            throw new IllegalArgumentException(
                "%s: expected rows of 0 or %d numbers, found %d"
                    .formatted(field, columns, row.size()));
          }
          return Require.list(row, columns, field);
        })
        .toList();
  }
}
