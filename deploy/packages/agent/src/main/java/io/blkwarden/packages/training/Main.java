package io.blkwarden.packages.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A minimal NATS server, which answers PING and acknowledges published messages, for {@code
 * make-cache}. Listens on a free loopback port, prints the port, and runs until it is stopped.
 */
public final class Main {
  private static final String INFO =
      "INFO {\"server_id\":\"training\",\"version\":\"2.10.27\",\"proto\":1,\"headers\":true,"
          + "\"max_payload\":1048576}\r\n";

  private Main() {}

  /** Runs the server. */
  public static void main(String[] args) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      System.out.println(server.getLocalPort());
      while (true) {
        Socket client = server.accept();
        Thread.ofPlatform().daemon().start(() -> answer(client));
      }
    }
  }

  private static void answer(Socket client) {
    try (client;
        InputStream in = new BufferedInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream()) {
      out.write(INFO.getBytes(UTF_8));
      String inbox = "";
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "PING" -> out.write("PONG\r\n".getBytes(UTF_8));
          case "SUB" -> inbox = words[1].startsWith("_INBOX") ? words[2] : inbox;
          case "PUB", "HPUB" -> {
            in.skipNBytes(Integer.parseInt(words[words.length - 1]) + 2L);
            if (words[2].startsWith("_INBOX")) {
              out.write(acknowledgement(words[2], inbox).getBytes(UTF_8));
            }
          }
          default -> {} // CONNECT, UNSUB and PONG have no answer
        }
      }
    } catch (IOException e) {
      System.err.println("training: " + e);
    }
  }

  /** The publish acknowledgement of a JetStream stream. */
  private static String acknowledgement(String subject, String subscription) {
    String ack = "{\"stream\":\"training\",\"seq\":1}";
    return "MSG %s %s %d\r\n%s\r\n".formatted(subject, subscription, ack.length(), ack);
  }

  /** The next line without its end; empty at the end of the stream. */
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(UTF_8).strip();
  }
}
