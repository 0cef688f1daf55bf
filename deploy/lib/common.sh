# shellcheck shell=bash
# Shared functions: checkout root, messages, durations, required commands.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
export ROOT

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $1"
  shift
  local line
  for line in "$@"; do say "       $line"; done
  exit 1
}

duration() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# need_command COMMAND PACKAGE: fails without COMMAND; as root, first tries to install PACKAGE with apt-get.
need_command() {
  local command="$1" package="$2"
  command -v "$command" >/dev/null && return 0
  if [[ $EUID == 0 ]] && command -v apt-get >/dev/null; then
    say "installing $package (no $command on PATH)"
    apt_install "$package" && command -v "$command" >/dev/null && return 0
    die "$command is missing, and apt-get could not install $package" "see the output above"
  fi
  die "$command is missing" "install it: sudo apt-get install --no-install-recommends $package" \
    "or put $command on PATH"
}

apt_install() {
  local log
  log="$(mktemp)"
  if (export DEBIAN_FRONTEND=noninteractive &&
    { apt-get install -y -q --no-install-recommends "$@" ||
      { apt-get update -q && apt-get install -y -q --no-install-recommends "$@"; }; }) >"$log" 2>&1; then
    rm -f "$log"
  else
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
  fi
}
