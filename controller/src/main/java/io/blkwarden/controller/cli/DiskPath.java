package io.blkwarden.controller.cli;

import io.blkwarden.model.HostId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A disk as people name it: {@code dom0-7/vm176/xvda2}.
 *
 * @param host what stands before the first slash
 * @param domain name or UUID of the domain: all between
 * @param disk what stands behind the last slash
 */
record DiskPath(HostId host, String domain, String disk) {
  static final class Converter implements ITypeConverter<DiskPath> {
    @Override
    public DiskPath convert(String text) {
      int first = text.indexOf('/');
      int last = text.lastIndexOf('/');
      if (first < 1 || last <= first + 1 || last == text.length() - 1) {
        throw new TypeConversionException(
            "expected HOST/DOMAIN/DISK such as dom0-7/vm176/xvda2, found '%s'".formatted(text));
      }
      try {
        return new DiskPath(
            new HostId(text.substring(0, first)),
            text.substring(first + 1, last),
            text.substring(last + 1));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
