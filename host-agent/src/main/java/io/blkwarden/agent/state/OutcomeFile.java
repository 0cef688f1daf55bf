package io.blkwarden.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unconfirmed outcomes, one per line of {@code outcomes.jsonl} in the state directory, readable by
 * root only.
 *
 * <p>Each line is synced before its outcome is published. The next start skips incomplete and
 * invalid lines and logs them.
 */
public final class OutcomeFile implements OutcomeJournal {
  /** Longest file that is read, in bytes; 4096 outcomes of 64 workers are shorter. */
  static final int MAX_BYTES = 64 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(OutcomeFile.class);

  private final StateFile file;
  private boolean torn;

  /** The file in a directory, which is created if needed. */
  public OutcomeFile(Path directory) {
    this.file = new StateFile(directory, "outcomes.jsonl", MAX_BYTES);
  }

  @Override
  public List<Outcome> load() {
    ReadResult<byte[]> read = file.read();
    if (read instanceof ReadResult.Failed<byte[]>(String cause)) {
      LOG.error("outcomes are not resent: {}", cause);
    }
    String text = new String(read.orElse(new byte[0]), UTF_8);
    int whole = text.lastIndexOf('\n') + 1;
    torn = whole < text.length();
    if (torn) {
      LOG.warn("{}: skipped an incomplete last line", file.path());
    }
    return text.substring(0, whole)
        .lines()
        .filter(line -> !line.isEmpty())
        .flatMap(line -> read(line).stream())
        .toList();
  }

  private Optional<Outcome> read(String line) {
    return switch (ControlJson.decode(Outcome.class, line.getBytes(UTF_8))) {
      case Decoded.Ok<Outcome>(Outcome outcome) -> Optional.of(outcome);
      case Decoded.Malformed<Outcome> bad -> {
        LOG.error("{}: skipped an invalid line: {}", file.path(), bad);
        yield Optional.empty();
      }
    };
  }

  @Override
  public Optional<String> add(Outcome outcome) {
    // a failed write may have left an incomplete line
    Optional<String> fault = file.append(((torn ? "\n" : "") + line(outcome)).getBytes(UTF_8));
    torn = fault.isPresent();
    return fault;
  }

  @Override
  public Optional<String> retain(List<Outcome> outcomes) {
    String lines = outcomes.stream().map(OutcomeFile::line).collect(Collectors.joining());
    Optional<String> fault = file.replace(lines.getBytes(UTF_8));
    torn = torn && fault.isPresent();
    return fault;
  }

  private static String line(Outcome outcome) {
    return new String(ControlJson.encode(outcome), UTF_8) + "\n";
  }
}
