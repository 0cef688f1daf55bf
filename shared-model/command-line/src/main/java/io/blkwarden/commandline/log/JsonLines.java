package io.blkwarden.commandline.log;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.blkwarden.model.Printable;
import java.nio.charset.StandardCharsets;

/**
 * The JSON format of the log: one object on one line for each event.
 *
 * <p>JSON requires only control characters below U+0020 to be escaped. Here all others are too that
 * are not plainly visible: a terminal obeys some of them.
 */
public final class JsonLines extends JsonEncoder {
  /** With the fields that readers of the log need. */
  public JsonLines() {
    setWithFormattedMessage(true);
    setWithMessage(false);
    setWithArguments(false);
    setWithSequenceNumber(false);
    setWithNanoseconds(false);
    setWithContext(false);
    setWithKVPList(false);
    setWithMarkers(false);
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String object = new String(super.encode(event), StandardCharsets.UTF_8).stripTrailing();
    return (Printable.json(object) + '\n').getBytes(StandardCharsets.UTF_8);
  }
}
