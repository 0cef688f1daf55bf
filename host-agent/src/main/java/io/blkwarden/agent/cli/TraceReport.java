package io.blkwarden.agent.cli;

import io.blkwarden.agent.trace.BioTally;
import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Table;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The result of a trace.
 *
 * @param disk the disk as named by the user
 * @param device the traced device
 * @param tally its I/O
 * @param disks the map after the trace
 * @param startTicks uptime at the start in clock ticks; younger workers may have another's pid
 * @param rows maximum number of threads
 */
record TraceReport(
    String disk,
    DeviceNumber device,
    BioTally tally,
    List<MappedDisk> disks,
    long startTicks,
    int rows) {
  TraceReport {
    disks = List.copyOf(disks);
  }

  /** A table of the threads. */
  String text() {
    return Table.of(shown())
        .column("PID", BioTally.Load::pid)
        .column("THREAD", BioTally.Load::comm)
        .column("WORKER OF", load -> worker(load).orElse(null))
        .column("READS", BioTally.Load::reads)
        .column("BYTES", BioTally.Load::readBytes)
        .column("WRITES", BioTally.Load::writes)
        .column("BYTES", BioTally.Load::writeBytes)
        .column("OTHER", BioTally.Load::others)
        .lines()
        .stream()
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  String json() {
    ObjectNode root = AsciiJson.document("blkwarden.trace.v1");
    root.put("disk", disk).put("device", device.toString());
    root.put("lost", tally.lost()).put("cut", tally.cut());
    root.put("threads_total", tally.loads().size());
    ArrayNode threads = root.putArray("threads");
    for (BioTally.Load load : shown()) {
      threads
          .addObject()
          .put("pid", load.pid())
          .put("comm", load.comm())
          .put("worker_of", worker(load).orElse(null))
          .put("reads", load.reads())
          .put("read_bytes", load.readBytes())
          .put("writes", load.writes())
          .put("write_bytes", load.writeBytes())
          .put("others", load.others());
    }
    return AsciiJson.text(root);
  }

  /** What is missing in the result. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (tally.loads().isEmpty()) {
      notes.add("no I/O on device %s".formatted(device));
    }
    if (tally.loads().size() > rows) {
      notes.add("%d more threads; see --rows".formatted(tally.loads().size() - rows));
    }
    if (tally.lost() > 0 || tally.cut()) {
      notes.add(
          "%s%d events lost: the numbers are lower bounds"
              .formatted(tally.cut() ? "more than " : "", tally.lost()));
    }
    return notes;
  }

  private List<BioTally.Load> shown() {
    return tally.loads().stream().limit(rows).toList();
  }

  private Optional<String> worker(BioTally.Load load) {
    return disks.stream()
        .filter(each -> each.state() == MappingState.RESOLVED)
        .filter(each ->
            each.workers().stream()
                .anyMatch(worker ->
                    worker.pid() == load.pid()
                        && worker.comm().equals(load.comm())
                        && worker.startTicks() <= startTicks))
        .map(HostMap::name)
        .findFirst();
  }
}
