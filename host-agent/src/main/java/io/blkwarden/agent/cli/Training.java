package io.blkwarden.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.agent.uevent.UeventCheck;
import io.blkwarden.agent.xenstore.XenStoreCheck;
import io.blkwarden.agent.xenstore.XenStoreSettings;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A run of the service whose classes go into the package's AOT cache: an agent of a captured host,
 * which is connected to something that speaks as much NATS as it needs, and before it what only an
 * agent of a live host does. Changes nothing but its own state directory; runs until it is stopped.
 *
 * <p>{@code Training ROOT STATE_DIR}
 */
public final class Training {
  private static final String INFO =
      "INFO {\"server_id\":\"training\",\"version\":\"2.10.27\",\"proto\":1,\"headers\":true,"
          + "\"max_payload\":1048576}\r\n";

  private Training() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    AgentLog.begin("text"); // as Main does, before anything is logged
    liveParts();
    Path state = Path.of(args[1]);
    // Each start but the first finds a file of the run before.
    Optional<String> fault =
        new LeaseFile(state).save(new StoredLeases(new UUID(0, 1), 0, List.of()));
    fault.ifPresent(System.err::println);
    ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(() -> serve(server));
    AgentCommand.execute(
        new String[] {
          "run",
          "--root",
          args[0],
          "--host",
          "training",
          "--read-only",
          "--nats",
          "nats://127.0.0.1:" + server.getLocalPort(),
          "--state-dir",
          state.toString()
        },
        System.getenv());
  }

  private static void liveParts() {
    int pid = (int) ProcessHandle.current().pid();
    System.err.println(LinuxIoPriorities.open().flatMap(priorities -> priorities.get(pid)));
    System.err.println(UeventCheck.run());
    System.err.println(XenStoreCheck.run(XenStoreSettings.of(Path.of("/")), new SecureRandom()));
  }

  private static void serve(ServerSocket server) {
    try (server) {
      while (true) {
        Socket client = server.accept();
        Thread.ofPlatform().daemon().start(() -> answer(client));
      }
    } catch (IOException e) {
      System.err.println("training: " + e);
    }
  }

  /** Answers PING, and takes and confirms what is published. */
  private static void answer(Socket client) {
    try (client;
        InputStream in = new BufferedInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream()) {
      out.write(INFO.getBytes(UTF_8));
      String answers = "";
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "PING" -> out.write("PONG\r\n".getBytes(UTF_8));
          case "SUB" -> answers = words[1].startsWith("_INBOX") ? words[2] : answers;
          case "PUB", "HPUB" -> {
            in.skipNBytes(Integer.parseInt(words[words.length - 1]) + 2L);
            if (words[2].startsWith("_INBOX")) {
              out.write(confirmed(words[2], answers).getBytes(UTF_8));
            }
          }
          default -> {} // CONNECT, UNSUB, PONG: nothing is to be answered
        }
      }
    } catch (IOException e) {
      System.err.println("training: " + e);
    }
  }

  /** What a stream says of a message that it has. */
  private static String confirmed(String to, String subscription) {
    String ack = "{\"stream\":\"training\",\"seq\":1}";
    return "MSG %s %s %d\r\n%s\r\n".formatted(to, subscription, ack.length(), ack);
  }

  /** A line without its end; empty at the end of the stream. */
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(UTF_8).strip();
  }
}
