# shellcheck shell=bash
# Runs the commands of docs/INSTALL.md. Source common.sh first.
#   guide_follow NUMBER PATTERN COMMAND..   runs the commands of part NUMBER with COMMAND, which gets them as its last
#                                           argument and passes them to a root bash; fails if a command fails that
#                                           PATTERN does not match
# With an empty PATTERN, no command may fail.

guide_follow() {
  local part="$1" pattern="$2" commands script log failed
  shift 2
  commands="$(awk -v head="## $part. " '/^## / {on = index($0, head) == 1}
    /^```/ {code = on && $0 == "```sh"; next} code' "$ROOT/docs/INSTALL.md")"
  [[ -n "$commands" ]] || die "docs/INSTALL.md has no commands under '## $part.'"
  script="apt-get() { :; } # everything is installed, and there is no network
trap 'echo \"failed: \$BASH_COMMAND\"' ERR
cd /root
$commands
echo 'end of part'"
  log="$(mktemp)"
  "$@" "$script" </dev/null >"$log" 2>&1 || true
  grep -qx 'end of part' "$log" || die "docs/INSTALL.md, part $part ended early" "$(tail -n 20 "$log")"
  failed="$(sed -n 's/^failed: //p' "$log" | grep -vE "${pattern:-^$}" || true)"
  [[ -z "$failed" ]] || die "docs/INSTALL.md, part $part: $failed" "$(tail -n 20 "$log")"
  rm -f "$log"
  say "ok: part $part of docs/INSTALL.md"
}
