# shellcheck shell=bash
# Types docs/INSTALL.md as it stands. Source common.sh first.
#   guide_follow NUMBER PATTERN COMMAND..   gives the commands of part NUMBER to COMMAND, as its last argument and for
#                                           a bash of root's; fails if one of them does that PATTERN does not name
# PATTERN is empty where none may fail.

guide_follow() {
  local part="$1" pattern="$2" commands script log failed
  shift 2
  commands="$(awk -v head="## $part. " '/^## / {on = index($0, head) == 1}
    /^```/ {code = on && $0 == "```sh"; next} code' "$ROOT/docs/INSTALL.md")"
  [[ -n "$commands" ]] || die "docs/INSTALL.md has no commands under '## $part.'"
  script="apt-get() { :; } # what it would install is there, and there is no way out
trap 'echo \"failed: \$BASH_COMMAND\"' ERR
cd /root
$commands
echo 'typed to its end'"
  log="$(mktemp)"
  "$@" "$script" </dev/null >"$log" 2>&1 || true
  grep -qx 'typed to its end' "$log" || die "docs/INSTALL.md, part $part ended early" "$(tail -n 20 "$log")"
  failed="$(sed -n 's/^failed: //p' "$log" | grep -vE "${pattern:-^$}" || true)"
  [[ -z "$failed" ]] || die "docs/INSTALL.md, part $part: $failed" "$(tail -n 20 "$log")"
  rm -f "$log"
  say "ok: part $part of docs/INSTALL.md"
}
