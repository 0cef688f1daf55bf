# shellcheck shell=bash
# A nats-server newer than Debian 12's, for tests of permissions. Source common.sh first.
#   nats_current        prints the path of Debian 13's nats-server, downloaded once to ~/.cache/blkwarden; fails with the
#                       reason if it cannot be downloaded. Does not install anything.
#   nats_current_path   prints the path without downloading
# BLKWARDEN_NATS_CURRENT overrides the path.

NATS_CURRENT_SUITE=trixie

NATS_CURRENT_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/blkwarden/nats-current"

nats_current() {
  local program
  program="$(nats_current_path)"
  [[ -x "$program" || -n "${BLKWARDEN_NATS_CURRENT:-}" ]] || nats_current_fetch "$NATS_CURRENT_CACHE" >&2 || return 1
  "$program" --version >/dev/null || return 1
  printf '%s\n' "$program"
}

nats_current_path() {
  printf '%s\n' "${BLKWARDEN_NATS_CURRENT:-$NATS_CURRENT_CACHE/root/usr/sbin/nats-server}"
}

# Downloads from the mirror of this system's apt, verified with the keys that apt trusts for Debian.
nats_current_fetch() { # CACHE
  local cache="$1" site keys=/usr/share/keyrings/debian-archive-keyring.gpg options apt
  command -v apt-get >/dev/null || { say "apt-get not found"; return 1; }
  # shellcheck disable=SC2016 # expanded by apt
  site="$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' | sort -u | head -n 1)"
  [[ -n "$site" && -r "$keys" ]] || { say "apt has no Debian mirror configured, or $keys is missing"; return 1; }
  apt="$cache/apt"
  rm -rf "$cache"
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/none"
  echo "deb [signed-by=$keys] $site $NATS_CURRENT_SUITE main" >"$apt/sources.list"
  options=(-q -o "Dir::State::lists=$apt/lists" -o Dir::State::status=/dev/null -o "Dir::Cache=$apt"
    -o "Dir::Etc::sourcelist=$apt/sources.list" -o "Dir::Etc::sourceparts=$apt/none"
    -o "Dir::Etc::preferencesparts=$apt/none" -o Dir::Etc::preferences=/dev/null -o Acquire::Languages=none
    -o "APT::Sandbox::User=$(id -un)" -o Acquire::Retries=2)
  apt-get "${options[@]}" update &&
    (cd "$apt/archives" && apt-get "${options[@]}" download nats-server) &&
    dpkg -x "$apt"/archives/nats-server_*.deb "$cache/root" &&
    rm -rf "$apt"
}
