# shellcheck shell=bash
# use_simulation: builds deploy/simulation if needed, and sets SIMULATION to the command prefix that runs its classes.
# Source common.sh, jdk.sh and maven.sh first.

use_simulation() {
  use_jdk
  build_if_stale deploy/simulation
  # shellcheck disable=SC2034 # used by the sourcing script
  SIMULATION=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xshare:auto --enable-native-access=ALL-UNNAMED
    --sun-misc-unsafe-memory-access=allow
    -cp "$ROOT/deploy/simulation/target/simulation.jar")
}
