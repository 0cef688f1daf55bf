package io.blkwarden.controller.cli;

import picocli.CommandLine.IVersionProvider;

/** Provides the version for {@code --version}. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"blkwarden " + (version == null ? "(not packaged)" : version)};
  }
}
