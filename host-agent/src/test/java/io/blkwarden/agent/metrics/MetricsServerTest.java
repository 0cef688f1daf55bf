package io.blkwarden.agent.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.app.AgentSnapshot;
import io.blkwarden.agent.app.AgentSnapshot.DiskReading;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.Heartbeat.ProbeHealth;
import io.blkwarden.model.sample.SampleColumn;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MetricsServerTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile Supplier<AgentSnapshot> agent = () -> reading("vm1\u001b[2J\"\n");
  private MetricsServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        MetricsServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), () -> List.of(agent.get()));
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private static AgentSnapshot reading(String name) {
    PhysicalDevice device =
        new PhysicalDevice("sda", new DeviceNumber(8, 0), null, Actuator.UNKNOWN, null);
    Heartbeat beat =
        new Heartbeat(
            new HostId("dom0-7"),
            new UUID(1, 2),
            new UUID(5, 6),
            Instant.EPOCH,
            "0.1.0",
            61_500,
            3,
            1,
            true,
            "6.1.0",
            1_000,
            List.of(device),
            List.of(new ProbeHealth("nats", true, null), new ProbeHealth("scan", false, "no")),
            List.of(),
            Map.of("samples", 4L),
            false,
            null,
            List.of());
    MappedDisk disk =
        new MappedDisk(
            new DomainRef(new UUID(3, 4), 137, name),
            new DiskRef("xvda2", 51714, BackendKind.VBD, "w"),
            new Volume("/dev/vg/x", null, null, null, null, VolumeRole.SWAP, null, null),
            List.of(device),
            MappingState.UNRESOLVED,
            UnresolvedReason.NO_THREAD_YET,
            List.of(),
            Map.of());
    DiskReading counted =
        new DiskReading(disk, Map.of(SampleColumn.READ_IOS, 12L, SampleColumn.READ_SECTORS, 96L));
    return new AgentSnapshot(beat, true, 0, 1, List.of(counted, counted)); // the same disk twice
  }

  private HttpResponse<String> ask(String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path));
    return client.send(
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void exposesEachSeriesOnceWithEscapedNames() throws Exception {
    HttpResponse<String> page = ask("GET", "/metrics");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
    assertThat(page.body())
        .contains(
            "blkwarden_agent_uptime_seconds{host=\"dom0-7\"} 61.5\n",
            "blkwarden_agent_disks{host=\"dom0-7\",state=\"unresolved\"} 1.0\n",
            "blkwarden_agent_probe_up{host=\"dom0-7\",probe=\"scan\"} 0.0\n",
            "blkwarden_agent_drops_total{host=\"dom0-7\",kind=\"samples\"} 4.0\n",
            "scheduler=\"unknown\"")
        .containsOnlyOnce("blkwarden_agent_disk_reads_total{")
        .contains(
            "domain=\"vm1\\\\u001B[2J\\\"\\\\u000A\"", "blkwarden_agent_disk_read_bytes_total{")
        .doesNotContain("\u001b", "blkwarden_agent_disk_writes_total")
        .containsPattern("disk_read_bytes_total\\{.*} 49152\\.0");
  }

  @Test
  void unresponsiveAgentIsAnError() throws Exception {
    agent =
        () -> {
          throw new IllegalStateException("it has stopped");
        };
    assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(503);
  }

  @Test
  void otherPathsAreNotFound() throws Exception {
    assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
    assertThat(ask("GET", "/metrics/more").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
  }

  @Test
  void incompleteRequestsTimeOut() throws Exception {
    List<Socket> halves = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Socket half = new Socket(InetAddress.getLoopbackAddress(), server.port());
      half.setSoTimeout(60_000);
      half.getOutputStream().write("GET /metrics HTTP/1.1\r\nX: ".getBytes(US_ASCII));
      halves.add(half);
    }

    assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(200);

    for (Socket half : halves) {
      try (half) {
        assertThat(half.getInputStream().readAllBytes()).isEmpty();
      } catch (SocketException e) {
        assertThat(e).hasMessageContaining("reset");
      }
    }
  }
}
