package io.blkwarden.systemtests.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.NKey;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A NATS connection that sends arbitrary messages like an attacker: any reply subject, any header.
 * Single-threaded; {@link #sync} reads received messages.
 */
final class RawNats implements AutoCloseable {
  private static final Pattern NONCE = Pattern.compile("\"nonce\":\"([^\"]+)\"");

  private final Socket socket;
  private final InputStream from;
  private final OutputStream to;
  private final List<Arrived> arrived = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private int subscriptions;

  /** A message, with its headers in front of the payload. */
  record Arrived(String subject, String replyTo, String text) {}

  private RawNats(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    from = new BufferedInputStream(socket.getInputStream());
    to = socket.getOutputStream();
  }

  /** Connects with a seed. */
  static RawNats withSeed(int port, String seed) throws Exception {
    RawNats raw = new RawNats(port);
    Matcher nonce = NONCE.matcher(raw.line());
    assertThat(nonce.find()).isTrue();
    NKey key = NKey.fromSeed(seed.toCharArray());
    String signature =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(key.sign(nonce.group(1).getBytes(UTF_8)));
    raw.connect(
        "\"nkey\":\"%s\",\"sig\":\"%s\"".formatted(new String(key.getPublicKey()), signature));
    return raw;
  }

  /** Connects with a name and a password. */
  static RawNats withPassword(int port, String user, String password) throws IOException {
    RawNats raw = new RawNats(port);
    raw.line();
    raw.connect("\"user\":\"%s\",\"pass\":\"%s\"".formatted(user, password));
    return raw;
  }

  private void connect(String who) throws IOException {
    write(
        ("CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,"
                + "\"no_responders\":true,%s}\r\n")
            .formatted(who));
    sync();
    assertThat(errors).isEmpty();
  }

  void subscribe(String subject) throws IOException {
    write("SUB %s %d\r\n".formatted(subject, ++subscriptions));
  }

  void publish(String subject, String replyTo, Map<String, String> headers, String payload)
      throws IOException {
    StringBuilder head = new StringBuilder();
    if (!headers.isEmpty()) {
      head.append("NATS/1.0\r\n");
      headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
      head.append("\r\n");
    }
    int total = head.length() + payload.length(); // ASCII only
    write(
        headers.isEmpty()
            ? "PUB %s %s %d\r\n%s\r\n".formatted(subject, replyTo, total, payload)
            : "HPUB %s %s %d %d\r\n%s%s\r\n"
                .formatted(subject, replyTo, head.length(), total, head, payload));
  }

  /** Waits until the server has processed all sent messages, and reads received ones. */
  void sync() throws IOException {
    write("PING\r\n");
    while (true) {
      String line = line();
      if (line.equals("PONG")) {
        return;
      }
      if (line.equals("PING")) {
        write("PONG\r\n");
      } else if (line.startsWith("-ERR")) {
        errors.add(line);
      } else if (line.startsWith("MSG ") || line.startsWith("HMSG ")) {
        arrived.add(message(line.split(" +")));
      }
    }
  }

  private Arrived message(String[] words) throws IOException {
    int size = Integer.parseInt(words[words.length - 1]);
    String text = new String(from.readNBytes(size), UTF_8);
    from.skipNBytes(2);
    int withoutReply = words[0].equals("MSG") ? 4 : 5;
    return new Arrived(words[1], words.length > withoutReply ? words[3] : "", text);
  }

  /** Messages received since the last call. */
  List<Arrived> take() {
    List<Arrived> all = List.copyOf(arrived);
    arrived.clear();
    return all;
  }

  /** Permission errors received since the last call. */
  List<String> takeErrors() {
    List<String> all = List.copyOf(errors);
    errors.clear();
    return all;
  }

  private void write(String text) throws IOException {
    to.write(text.getBytes(UTF_8));
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = from.read(); b != '\n'; b = from.read()) {
      if (b < 0) {
        throw new IOException("the server closed the connection: " + errors);
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
