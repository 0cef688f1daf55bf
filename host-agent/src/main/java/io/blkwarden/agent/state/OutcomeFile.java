package io.blkwarden.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.blkwarden.agent.bus.OutcomeJournal;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
  private static final String NAME = "outcomes.jsonl";

  private final Path directory;
  private boolean torn;

  /** The file in a directory, which is created if needed. */
  public OutcomeFile(Path directory) {
    this.directory = directory;
  }

  @Override
  public List<Outcome> load() {
    List<Outcome> found = new ArrayList<>();
    try {
      if (Files.size(file()) > MAX_BYTES) {
        LOG.error("{}: outcomes are not resent: expected at most {} bytes", file(), MAX_BYTES);
        return found;
      }
      String text = new String(Files.readAllBytes(file()), UTF_8);
      int whole = text.lastIndexOf('\n') + 1;
      text.substring(0, whole)
          .lines()
          .filter(line -> !line.isEmpty())
          .forEach(line -> read(line).ifPresent(found::add));
      torn = whole < text.length();
      if (torn) {
        LOG.warn("{}: skipped an incomplete last line", file());
      }
    } catch (NoSuchFileException _) {
      LOG.debug("{}: no outcomes to resend", file());
    } catch (IOException e) {
      LOG.error("{}: outcomes are not resent: cannot be read: {}", file(), e.toString());
    }
    return found;
  }

  private Optional<Outcome> read(String line) {
    return switch (ControlJson.decode(Outcome.class, line.getBytes(UTF_8))) {
      case Decoded.Ok<Outcome>(Outcome outcome) -> Optional.of(outcome);
      case Decoded.Malformed<Outcome> bad -> {
        LOG.error("{}: skipped an invalid line: {}", file(), bad);
        yield Optional.empty();
      }
    };
  }

  @Override
  public Optional<String> add(Outcome outcome) {
    // a failed write may have left an incomplete line
    byte[] line = torn ? ("\n" + new String(line(outcome), UTF_8)).getBytes(UTF_8) : line(outcome);
    Optional<String> fault = write(NAME, Set.of(CREATE, WRITE, APPEND), line);
    torn = fault.isPresent();
    return fault;
  }

  @Override
  public Optional<String> retain(List<Outcome> outcomes) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    outcomes.forEach(outcome -> lines.writeBytes(line(outcome)));
    String next = NAME + ".new";
    Optional<String> fault =
        write(next, Set.of(CREATE, WRITE, TRUNCATE_EXISTING), lines.toByteArray());
    if (fault.isPresent()) {
      return fault;
    }
    try {
      Files.move(directory.resolve(next), file(), ATOMIC_MOVE);
      torn = false;
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be replaced: %s".formatted(file(), e));
    }
  }

  private Optional<String> write(String name, Set<OpenOption> how, byte[] bytes) {
    try {
      StateFile.write(directory, name, how, bytes);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be written: %s".formatted(directory.resolve(name), e));
    }
  }

  private static byte[] line(Outcome outcome) {
    byte[] json = ControlJson.encode(outcome);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  private Path file() {
    return directory.resolve(NAME);
  }
}
