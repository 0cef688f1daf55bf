# shellcheck shell=bash
# run_maven ARGS: runs Maven on this checkout, without download progress. Source common.sh and jdk.sh first.

run_maven() {
  need_command mvn maven
  [[ -n "${JAVA_HOME:-}" && "$(jdk_major "$JAVA_HOME")" -ge "$JDK_MIN" ]] || use_jdk
  # Maven's Guava uses sun.misc.Unsafe; the option suppresses the JDK's warning.
  (cd "$ROOT" && MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow -Djansi.mode=strip" \
    mvn -B -ntp -Dstyle.color=never -Dmaven.wagon.http.retryHandler.count=3 "$@")
}

# build_if_stale MODULE: packages MODULE if its jar is missing or older than its sources; prints progress every 15 s.
build_if_stale() {
  local module="$1" jar started ticker next
  jar="$ROOT/$module/target/$(basename "$module").jar"
  stale "$module" "$jar" || return 0
  (
    flock 9
    stale "$module" "$jar" || exit 0
    say "building $module: up to 5 min the first time"
    started=$SECONDS
    (for ((next = 15; ; next += 15)); do
      while ((SECONDS - started < next)); do sleep 1; done
      say "  building $module: $(duration "$next")"
    done) 9<&- &
    ticker=$!
    trap 'kill "$ticker"' EXIT
    run_maven -q -pl "$module" -am -Dmaven.test.skip=true -Dspotless.check.skip=true \
      -Dcheckstyle.skip=true -Dforbiddenapis.skip=true package >&2 ||
      die "building $module failed" "Maven's errors are above"
    touch "$jar"
    say "built $module in $(duration $((SECONDS - started)))"
  ) 9<"$ROOT/pom.xml"
}

stale() { # MODULE JAR
  local sources=(pom.xml shared-model/{pom.xml,src/main} shared-model/command-line/{pom.xml,src/main} "$1"/{pom.xml,src/main})
  [[ "$1" != deploy/simulation ]] || sources+=("$1/src/host" {host-agent,controller}/{pom.xml,src/main})
  [[ ! -f "$2" ]] || [[ -n "$(cd "$ROOT" && find "${sources[@]}" -type f -newer "$2" -print -quit 2>/dev/null)" ]]
}
