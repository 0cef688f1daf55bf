package io.blkwarden.commandline.log;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.blkwarden.model.Printable;
import java.nio.charset.StandardCharsets;

/**
 * The JSON format of the log: one object per line. All control characters are escaped, not only
 * those below U+0020, because terminals interpret others, too.
 */
public final class JsonLines extends JsonEncoder {
  /** Creates an encoder with the documented fields. */
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
