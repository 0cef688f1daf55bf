package io.blkwarden.controller.cli;

import io.blkwarden.model.MessageId;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an id that somebody typed. */
final class IdConverter implements ITypeConverter<MessageId> {
  @Override
  public MessageId convert(String text) {
    try {
      return new MessageId(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
