# shellcheck shell=bash
# use_simulation: builds deploy/simulation when needed and sets SIMULATION, the command that runs a class of it.
# Source common.sh, jdk.sh and maven.sh first.

use_simulation() {
  use_jdk
  build_if_stale deploy/simulation
  # shellcheck disable=SC2034 # read by those who source this
  SIMULATION=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xshare:auto --enable-native-access=ALL-UNNAMED
    --sun-misc-unsafe-memory-access=allow
    -cp "$ROOT/deploy/simulation/target/simulation.jar")
}
