package io.blkwarden.controller;

import io.blkwarden.commandline.log.LogFormat;
import io.blkwarden.controller.cli.Blkwarden;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where {@code blkwarden} begins. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    if (System.getProperty("blkwarden.log") == null) {
      System.setProperty("blkwarden.log", level(arguments.length > 0 ? arguments[0] : ""));
    }
    System.setProperty(
        LogFormat.PROPERTY,
        List.of(arguments).contains("--json") // then stderr too is for programs
            ? "json"
            : LogFormat.of(arguments, System.getenv()));
    PrintWriter out =
        new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
    PrintWriter err =
        new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
    System.exit(Blkwarden.run(arguments, out, err, System.getenv()));
  }

  /** The service tells what it does, a command what goes wrong, and a whole screen bears no log. */
  private static String level(String command) {
    return switch (command) {
      case "controller" -> "INFO";
      case "top" -> "OFF";
      default -> "WARN";
    };
  }
}
