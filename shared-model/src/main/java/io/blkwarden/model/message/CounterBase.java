package io.blkwarden.model.message;

import io.blkwarden.model.Require;
import java.util.List;

/**
 * The counters that the samples of a host count from.
 *
 * <p>A sample batch names the base by its id and carries what was counted since, so that small
 * numbers travel and a lost batch loses nothing.
 *
 * @param id grows with every new base of an agent's run
 * @param columns names of the columns, as {@code docs/PROTOCOL.md} lists them
 * @param disks a row for each disk of the snapshot, in its order; an empty row for a disk whose
 *     counters could not be read
 * @param devices a row for each physical device of the snapshot, in its order
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
