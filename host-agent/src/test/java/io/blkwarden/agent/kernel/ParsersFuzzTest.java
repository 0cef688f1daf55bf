package io.blkwarden.agent.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes the parsers of kernel files. */
final class ParsersFuzzTest {
  static Stream<byte[]> seeds() throws IOException {
    List<Path> captured;
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/capture-4.17"))) {
      captured =
          files.filter(Files::isRegularFile).filter(ParsersFuzzTest::isSmall).sorted().toList();
    }
    Stream.Builder<byte[]> seeds = Stream.builder();
    for (Path file : captured.subList(0, Math.min(captured.size(), 40))) {
      seeds.add(Files.readAllBytes(file));
    }
    ParsersTest.GOOD.forEach(text -> seeds.add(text.getBytes(UTF_8)));
    return seeds.build();
  }

  private static boolean isSmall(Path file) {
    return file.toFile().length() < 4_096;
  }

  @MethodSource("seeds")
  @FuzzTest
  void arbitraryTextNeverThrows(byte[] bytes) {
    String text = new String(bytes, UTF_8);

    ParsersTest.expectAnswers(text);

    MapFiles files = new MapFiles().with(DiskStats.PATH, text);
    DiskStats again = new DiskStats();
    ReadResult<Integer> first = again.read(files);
    long valid = first.toOptional().orElseThrow();
    // Lines end with a line feed only; the last one may lack it.
    long lines = Pattern.compile("[^\n]*\n|[^\n]+").matcher(text).results().count();
    assertThat(valid).isBetween(0L, lines);
    assertThat(again.read(files)).isEqualTo(first);
  }
}
