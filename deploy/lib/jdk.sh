# shellcheck shell=bash
# use_jdk: exports JAVA_HOME, a JDK that can build and run blkwarden. Source common.sh first.

JDK_MIN=25

# jdk_major DIR: prints the feature release of the JDK in DIR, or 0 if there is none.
jdk_major() {
  local major=0
  if [[ -x "$1/bin/javac" && -r "$1/release" ]]; then
    major="$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")"
  fi
  printf '%s\n' "${major:-0}"
}

use_jdk() {
  local candidates=() seen="" dir major on_path
  [[ -z "${JAVA_HOME:-}" ]] || candidates+=("$JAVA_HOME")
  if on_path="$(command -v java)"; then
    candidates+=("$(dirname "$(dirname "$(readlink -f "$on_path")")")")
  fi
  candidates+=(/usr/lib/jvm/*)
  for dir in "${candidates[@]}"; do
    major="$(jdk_major "$dir")"
    if ((major >= JDK_MIN)); then
      export JAVA_HOME="$dir"
      return 0
    fi
    ((major == 0)) || seen+=" $dir ($major)"
  done
  die "no JDK $JDK_MIN or later found (a JRE is not enough to build)" \
    "looked in JAVA_HOME, at java on PATH and in /usr/lib/jvm; found:${seen:- none}" \
    "install one (any vendor's JDK $JDK_MIN), then set JAVA_HOME to its directory"
}
