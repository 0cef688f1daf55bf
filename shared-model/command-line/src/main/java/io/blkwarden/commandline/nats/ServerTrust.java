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
 * Whom a client of NATS takes for its server: one whose certificate an authority vouches for, and
 * that bears the name it was called by (RFC 9525).
 *
 * <p>The client of NATS compares no names, so that any certificate of any authority would do. The
 * name is what the client was told only if it does not look up addresses by itself ({@code
 * HappyEyeballs}).
 */
public final class ServerTrust {
  /** Most bytes that a file of authorities may have. */
  public static final int FILE_MAX = 1 << 20;

  private ServerTrust() {}

  /**
   * Trusts the authorities that this Java trusts.
   *
   * @throws IllegalStateException if this Java has none
   */
  public static SSLContext ofJava() {
    try {
      return context(null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java trusts no authority: " + e.getMessage(), e);
    }
  }

  /**
   * Trusts these authorities and no others.
   *
   * @param file certificates in PEM
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if there is no certificate in it, or it is too large
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
    X509ExtendedTrustManager authorities = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    context.init(null, new TrustManager[] {new Named(authorities)}, null);
    return context;
  }

  /** Lets the JDK compare names, which it does when a connection says how. */
  private static final class Named extends X509ExtendedTrustManager {
    private static final String RULE = "HTTPS";

    private final X509ExtendedTrustManager authorities;

    Named(X509ExtendedTrustManager authorities) {
      this.authorities = authorities;
    }

    private static SSLParameters named(SSLParameters parameters) {
      parameters.setEndpointIdentificationAlgorithm(RULE);
      return parameters;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      SSLSocket secure = (SSLSocket) socket;
      secure.setSSLParameters(named(secure.getSSLParameters()));
      authorities.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      engine.setSSLParameters(named(engine.getSSLParameters()));
      authorities.checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("a connection without a name");
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
      throw new CertificateException("nobody connects to a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authorities.getAcceptedIssuers();
    }
  }
}
