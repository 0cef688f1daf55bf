package io.blkwarden.controller.cli;

import java.io.PrintWriter;
import java.util.Map;

/**
 * What a command has around it.
 *
 * @param out for what was asked for
 * @param err for errors and remarks
 * @param environment variables
 */
record Shell(PrintWriter out, PrintWriter err, Map<String, String> environment) {
  Shell {
    environment = Map.copyOf(environment);
  }
}
