package io.blkwarden.agent.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A device's I/O scheduler. Only the physical device's matters; a dm device shows {@code none}.
 *
 * <p>Source: {@code /sys/block/NAME/queue/scheduler}: {@code [none] mq-deadline}, or {@code none}
 * alone without a choice.
 *
 * @param active scheduler in use
 * @param available loaded schedulers, in the kernel's order
 */
public record QueueScheduler(String active, List<String> available) {
  public QueueScheduler {
    available = List.copyOf(available);
  }

  /** Reads {@code sys/block/NAME/queue/scheduler}. */
  public static ReadResult<QueueScheduler> read(KernelFiles files, String device) {
    return files.parse("sys/block/" + device + "/queue/scheduler", QueueScheduler::parse);
  }

  /** Parses the file's text. */
  public static ReadResult<QueueScheduler> parse(String text) {
    List<String> names = new ArrayList<>();
    Optional<String> active = Optional.empty();
    ColumnReader columns = ColumnReader.of(text);
    while (columns.next()) {
      String name = columns.text();
      if (name.length() > 2 && name.startsWith("[") && name.endsWith("]")) {
        name = name.substring(1, name.length() - 1);
        active = Optional.of(name);
      }
      names.add(name);
    }
    if (active.isEmpty() && names.size() == 1) {
      active = Optional.of(names.getFirst());
    }
    return active
        .map(name -> ReadResult.present(new QueueScheduler(name, names)))
        .orElseGet(() -> ReadResult.malformed("scheduler", "one name in brackets", text));
  }
}
