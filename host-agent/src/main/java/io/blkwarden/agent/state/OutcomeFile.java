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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unconfirmed outcomes in {@code outcomes.jsonl} of the state directory, a line each, readable by
 * root only.
 *
 * <p>A line is forced to the device before its outcome counts as kept. A line that a crash has torn
 * is left out at the next start; so is one that cannot be understood, with a word in the log.
 */
public final class OutcomeFile implements OutcomeJournal {
  /** Longest file that is read, in bytes: 4096 outcomes of 64 workers stay below it. */
  static final int MAX_BYTES = 64 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(OutcomeFile.class);
  private static final String NAME = "outcomes.jsonl";

  private final Path directory;
  private boolean torn;

  /** The file in a directory, which is made when it is not there. */
  public OutcomeFile(Path directory) {
    this.directory = directory;
  }

  @Override
  public List<Outcome> load() {
    List<Outcome> found = new ArrayList<>();
    try {
      if (Files.size(file()) > MAX_BYTES) {
        LOG.error("{}: expected at most {} bytes; not sent again", file(), MAX_BYTES);
        return found;
      }
      // A damaged byte costs its own line only.
      String text = new String(Files.readAllBytes(file()), UTF_8);
      int whole = text.lastIndexOf('\n') + 1;
      text.substring(0, whole)
          .lines()
          .filter(line -> !line.isEmpty())
          .forEach(line -> read(line).ifPresent(found::add));
      torn = whole < text.length();
      if (torn) {
        LOG.warn("{}: the last line is torn and is left out", file());
      }
    } catch (NoSuchFileException _) {
      LOG.debug("no outcomes of an earlier run");
    } catch (IOException e) {
      LOG.error("{}: cannot be read, its outcomes are not sent again: {}", file(), e.toString());
    }
    return found;
  }

  private Optional<Outcome> read(String line) {
    return switch (ControlJson.decode(Outcome.class, line.getBytes(UTF_8))) {
      case Decoded.Ok<Outcome>(Outcome outcome) -> Optional.of(outcome);
      case Decoded.Malformed<Outcome> bad -> {
        LOG.error("{}: a line is left out: {}", file(), bad);
        yield Optional.empty();
      }
    };
  }

  @Override
  public Optional<String> add(Outcome outcome) {
    // after a write that failed half-way the next one must not share its line
    byte[] line = torn ? ("\n" + new String(line(outcome), UTF_8)).getBytes(UTF_8) : line(outcome);
    Optional<String> fault = write(file(), Set.of(CREATE, WRITE, APPEND), line);
    torn = fault.isPresent();
    return fault;
  }

  @Override
  public Optional<String> keepOnly(List<Outcome> waiting) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    waiting.forEach(outcome -> lines.writeBytes(line(outcome)));
    Path next = directory.resolve(NAME + ".new");
    Optional<String> fault =
        write(next, Set.of(CREATE, WRITE, TRUNCATE_EXISTING), lines.toByteArray());
    if (fault.isPresent()) {
      return fault;
    }
    try {
      Files.move(next, file(), ATOMIC_MOVE);
      torn = false;
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be replaced: %s".formatted(file(), e));
    }
  }

  private Optional<String> write(Path path, Set<OpenOption> how, byte[] bytes) {
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try (FileChannel channel =
          FileChannel.open(
              path,
              how,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: cannot be written: %s".formatted(path, e));
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
