package io.blkwarden.controller.testing;

import io.blkwarden.controller.bus.Claim;
import io.blkwarden.controller.bus.Inbox;
import io.blkwarden.controller.said.Said;
import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.model.message.Alert;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An inbox that keeps what came, as text. */
public final class Recording implements Inbox {
  /** What came, in order: the method, the subject, the payload. */
  public final List<String> seen = new CopyOnWriteArrayList<>();

  /** What people said, in order. */
  public final List<Said> words = new CopyOnWriteArrayList<>();

  /** The open alerts that were found before a claim, in order. */
  public final List<Alert> open = new CopyOnWriteArrayList<>();

  /** The claims, in order. */
  public final List<Claim> claims = new CopyOnWriteArrayList<>();

  @Override
  public void sample(String subject, byte[] payload) {
    add("sample", subject, payload);
  }

  @Override
  public void mapping(String subject, byte[] payload) {
    add("mapping", subject, payload);
  }

  @Override
  public boolean storedMapping(String key, byte[] payload) {
    add("stored", "", payload);
    return true;
  }

  @Override
  public void learned(FleetSpec spec) {
    seen.add("learned " + spec.of().metric().id() + " of " + spec.disks());
  }

  @Override
  public void heartbeat(String subject, byte[] payload) {
    add("heartbeat", subject, payload);
  }

  @Override
  public void outcome(String subject, byte[] payload) {
    add("outcome", subject, payload);
  }

  @Override
  public void operator(String subject, String replyTo, byte[] payload) {
    add("operator", subject, payload);
  }

  @Override
  public void said(Said said) {
    words.add(said);
  }

  @Override
  public void openAlerts(List<Alert> found) {
    open.addAll(found);
  }

  @Override
  public void claim(Claim claim) {
    claims.add(claim);
  }

  private void add(String what, String subject, byte[] payload) {
    seen.add(what + " " + subject + " " + new String(payload, StandardCharsets.UTF_8));
  }
}
