package io.blkwarden.controller.cli;

import io.blkwarden.model.HostId;

/**
 * The path of a disk on the command line, such as {@code dom0-7/vm176/xvda2}.
 *
 * @param domain name or UUID; a name may contain slashes
 */
record DiskPath(HostId host, String domain, String disk) {
  static final String LABEL = "HOST/DOMAIN/DISK";
  static final String DESCRIPTION = "Disk, e.g. dom0-7/vm176/xvda2; the domain by name or UUID.";

  static DiskPath parse(String text) {
    int first = text.indexOf('/');
    int last = text.lastIndexOf('/');
    if (first < 1 || last <= first + 1 || last == text.length() - 1) {
      throw new IllegalArgumentException(
          "expected HOST/DOMAIN/DISK such as dom0-7/vm176/xvda2, found '%s'".formatted(text));
    }
    return new DiskPath(
        new HostId(text.substring(0, first)),
        text.substring(first + 1, last),
        text.substring(last + 1));
  }
}
