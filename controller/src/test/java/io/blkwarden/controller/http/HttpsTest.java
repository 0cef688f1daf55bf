package io.blkwarden.controller.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.controller.history.FleetHistory;
import io.blkwarden.controller.history.RecentDecisions;
import io.blkwarden.controller.snapshot.FleetSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** HTTPS with a certificate from keytool, and a client that trusts only it. */
final class HttpsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Scheduler pages = Schedulers.newSingle("pages-of-test", true);
  private final Path folder;
  private final KeyStore keys;

  HttpsTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "http",
                "-keyalg",
                "EC",
                "-dname",
                "CN=blkwarden",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    keys = KeyStore.getInstance(store.toFile(), PASSWORD);
  }

  @AfterEach
  void stop() {
    pages.dispose();
  }

  private Path pem(String file, String kind, byte[] bytes) throws IOException {
    return Files.writeString(
        folder.resolve(file),
        "-----BEGIN %s-----\n%s\n-----END %1$s-----\n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(bytes)));
  }

  private StatusServer start(Path chain, Path key) {
    return StatusServer.start(
        new HttpSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Set.of(),
            new HttpSettings.Tls(chain, key),
            null),
        () -> new Readiness(true, List.of(), List.of()),
        new DashboardData(
            new FleetView(),
            new FleetHistory(),
            new RecentDecisions(),
            _ -> Mono.<FleetSnapshot>error(new IllegalStateException()),
            _ -> Mono.<FleetSnapshot>error(new IllegalStateException()),
            new ChangeSignal(),
            pages),
        new Metric.Source(List.of(), Mono::empty),
        new Approvals(null, _ -> Mono.never()),
        (_, _) -> Mono.never());
  }

  @Test
  void servesHttpsWithItsCertificate() throws Exception {
    Path chain = pem("chain.pem", "CERTIFICATE", keys.getCertificate("http").getEncoded());
    Path key = pem("key.pem", "PRIVATE KEY", keys.getKey("http", PASSWORD).getEncoded());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    StatusServer server = start(chain, key);
    try (HttpClient trusting = HttpClient.newBuilder().sslContext(context).build();
        HttpClient other = HttpClient.newHttpClient()) {
      HttpRequest page =
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:%d/".formatted(server.port())))
              .build();
      assertThat(trusting.send(page, HttpResponse.BodyHandlers.ofString()).body())
          .contains("<title>blkwarden</title>");
      assertThatThrownBy(() -> other.send(page, HttpResponse.BodyHandlers.ofString()))
          .isInstanceOf(SSLHandshakeException.class);
    } finally {
      server.close();
    }
  }

  @Test
  void invalidCertificateFailsTheStart() throws Exception {
    Path none = Files.writeString(folder.resolve("none.pem"), "nothing\n");
    assertThatThrownBy(() -> start(none, none)).isInstanceOf(RuntimeException.class);
  }
}
