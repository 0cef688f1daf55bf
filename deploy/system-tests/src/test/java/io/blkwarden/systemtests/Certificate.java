package io.blkwarden.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A certificate and its key in PEM, created with openssl as in the installation guide.
 *
 * @param chain the certificate
 * @param key its key
 */
public record Certificate(Path chain, Path key) {
  /**
   * Creates a self-signed certificate.
   *
   * @param name of its files
   * @param subject such as {@code IP:127.0.0.1}
   */
  public static Certificate selfSigned(Path folder, String name, String subject) throws Exception {
    Certificate made =
        new Certificate(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    List<String> words = new ArrayList<>(Arrays.asList("openssl req -x509 -newkey ec".split(" ")));
    words.addAll(List.of("-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name));
    words.addAll(List.of("-addext", "subjectAltName=" + subject));
    words.addAll(List.of("-keyout", made.key.toString(), "-out", made.chain.toString()));
    Process openssl =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    assertThat(openssl.waitFor()).as("openssl, its log is in %s", folder).isZero();
    return made;
  }
}
