package io.blkwarden.commandline.nats;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS verification of NATS servers: the certificate must be signed by a trusted CA and match the
 * server name (RFC 9525).
 *
 * <p>The NATS client itself does not verify names. Verification needs the hostname resolve mode
 * {@code HappyEyeballs}; otherwise the client connects to addresses.
 */
public final class ServerTrust {
  /** Maximum length of a file of CA certificates, in bytes. */
  public static final int FILE_MAX = 1 << 20;

  private ServerTrust() {}

  /**
   * Trusts the CA certificates of Java.
   *
   * @throws IllegalStateException if Java has none
   */
  public static SSLContext ofJava() {
    try {
      return context(null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no trusted CA certificates: " + e.getMessage(), e);
    }
  }

  /**
   * Trusts only the CA certificates in a file.
   *
   * @param file CA certificates (PEM)
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it has no certificate or is too long
   */
  public static SSLContext of(Path file) throws IOException {
    if (Files.size(file) > FILE_MAX) {
      throw new IllegalArgumentException("a file of more than %d bytes".formatted(FILE_MAX));
    }
    try {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
      if (all.isEmpty()) {
        throw new IllegalArgumentException("a file without a certificate in PEM");
      }
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate each : all) {
        trusted.setCertificateEntry("authority-" + trusted.size(), each);
      }
      return context(trusted);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("a file that is no certificates in PEM", e);
    }
  }

  private static SSLContext context(@Nullable KeyStore trusted) throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    X509ExtendedTrustManager trust = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    context.init(null, new TrustManager[] {new NameVerifying(trust)}, null);
    return context;
  }

  /** Enables the name verification of the JDK for each connection. */
  private static final class NameVerifying extends X509ExtendedTrustManager {
    private static final String ALGORITHM = "HTTPS";

    private final X509ExtendedTrustManager delegate;

    NameVerifying(X509ExtendedTrustManager delegate) {
      this.delegate = delegate;
    }

    private static SSLParameters verifyName(SSLParameters parameters) {
      parameters.setEndpointIdentificationAlgorithm(ALGORITHM);
      return parameters;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      SSLSocket secure = (SSLSocket) socket;
      secure.setSSLParameters(verifyName(secure.getSSLParameters()));
      delegate.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      engine.setSSLParameters(verifyName(engine.getSSLParameters()));
      delegate.checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("the server name is unknown");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("clients are not verified");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return delegate.getAcceptedIssuers();
    }
  }
}
