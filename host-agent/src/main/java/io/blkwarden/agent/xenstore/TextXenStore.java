package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A captured xenstore: the output of {@code xenstore-ls -f}. It never changes.
 *
 * <pre>{@code
 * /local/domain/0/backend/vbd/1/51713/params = "/dev/vg/vm101_img"
 * /local/domain/0/backend/vbd/1/51713/state = "4"   (n0,r1)
 * }</pre>
 *
 * Permissions ({@code -p}) are ignored. In values, bytes that are not printable ASCII and
 * backslashes are escaped ({@code \t \n \r \\ \ooo \xhh}); quotes are not. Parents of a partial
 * dump have children but no value.
 */
public final class TextXenStore implements XenStore {
  /** Maximum number of nodes. */
  public static final int MAX_NODES = 1_000_000;

  private static final Pattern LINE =
      Pattern.compile("(/[^ ]*) = \"(.*)\"(?: {3}\\([nrwb0-9,]*\\))?");

  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:[tnr\\\\]|x[0-9a-f]{2}|[0-3][0-7]{2})");
  private static final Pattern ESCAPED = Pattern.compile("(?:[^\\\\]|" + ESCAPE + ")*+");

  private final Map<String, ReadResult<String>> values;
  private final Map<String, Set<String>> children;

  private TextXenStore(Map<String, ReadResult<String>> values, Map<String, Set<String>> children) {
    this.values = values;
    this.children = children;
  }

  /** Parses a dump; malformed with the number of the first invalid line. */
  public static ReadResult<TextXenStore> parse(String text) {
    Map<String, ReadResult<String>> values = new LinkedHashMap<>();
    Map<String, Set<String>> children = new HashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      Matcher node = LINE.matcher(line);
      if (!node.matches() || values.size() == MAX_NODES) {
        return ReadResult.malformed(
            "xenstore-ls -f, line " + number,
            "/PATH = \"VALUE\", at most " + MAX_NODES + " times",
            line);
      }
      // special watches are dumped as /@releaseDomain
      values.put(node.group(1), unescape(node.group(1), node.group(2)));
      adopt(node.group(1), children);
    }
    return ReadResult.present(new TextXenStore(values, children));
  }

  private static void adopt(String path, Map<String, Set<String>> children) {
    String child = path;
    while (child.length() > 1) {
      int slash = child.lastIndexOf('/');
      String parent = slash == 0 ? "/" : child.substring(0, slash);
      if (!children
          .computeIfAbsent(parent, _ -> new LinkedHashSet<>())
          .add(child.substring(slash + 1))) {
        return;
      }
      child = parent;
    }
  }

  private static ReadResult<String> unescape(String path, String escaped) {
    if (escaped.indexOf('\\') < 0) {
      return ReadResult.present(escaped);
    }
    // one character for each byte
    byte[] utf8 = escaped.getBytes(StandardCharsets.UTF_8);
    String bytes = new String(utf8, StandardCharsets.ISO_8859_1);
    if (!ESCAPED.matcher(bytes).matches()) {
      return ReadResult.malformed(path, "an escape of xenstore-ls", escaped);
    }
    byte[] text =
        ESCAPE
            .matcher(bytes)
            .replaceAll(escape -> Matcher.quoteReplacement(byteOf(escape.group())))
            .getBytes(StandardCharsets.ISO_8859_1);
    ReadResult<String> decoded = XenMessage.text(path, text, 0, text.length);
    return decoded.isPresent() ? decoded : ReadResult.malformed(path, "UTF-8", escaped);
  }

  private static String byteOf(String escape) {
    return switch (escape.charAt(1)) {
      case 't' -> "\t";
      case 'n' -> "\n";
      case 'r' -> "\r";
      case '\\' -> "\\";
      case 'x' -> Character.toString(Integer.parseInt(escape.substring(2), 16));
      default -> Character.toString(Integer.parseInt(escape.substring(1), 8));
    };
  }

  @Override
  public ReadResult<String> read(String path) {
    return values.getOrDefault(path, ReadResult.absent(path));
  }

  @Override
  public ReadResult<List<String>> directory(String path) {
    Set<String> names = children.getOrDefault(path, Set.of());
    return names.isEmpty() && !values.containsKey(path)
        ? ReadResult.absent(path)
        : ReadResult.present(List.copyOf(names));
  }

  /** Always 0: a captured tree never changes. */
  @Override
  public OptionalLong changes(Collection<String> watched) {
    return OptionalLong.of(0);
  }

  /** The number of nodes. */
  public int size() {
    return values.size();
  }
}
