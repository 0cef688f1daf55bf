# shellcheck shell=bash
# A nats-server with JetStream. Source common.sh first.
#   nats_start [PORT]   exports NATS_URL: the one that is given, if no PORT is, once it answers; else that of
#                       a private server on loopback (a free port by default), started here
#   nats_stop           stops the private one and removes what it stored; does nothing when none was started

NATS_PID=""
NATS_DIR=""

nats_start() {
  local port="${1:--1}" attempt
  if [[ -n "${NATS_URL:-}" && "$port" == -1 ]]; then
    nats_given
    return
  fi
  need_command nats-server nats-server
  NATS_DIR="$(mktemp -d)"
  nats-server -a 127.0.0.1 -p "$port" -js -sd "$NATS_DIR" --ports_file_dir "$NATS_DIR" \
    -l "$NATS_DIR/log" >"$NATS_DIR/out" 2>&1 &
  NATS_PID=$!
  for ((attempt = 0; attempt < 100; attempt++)); do
    if nats_answers; then return 0; fi
    kill -0 "$NATS_PID" 2>/dev/null || break
    sleep 0.1
  done
  cat "$NATS_DIR/out" "$NATS_DIR/log" >&2 2>/dev/null || true
  nats_stop
  die "nats-server did not start on 127.0.0.1 (port ${port/#-1/any})" "its log is above"
}

# A server that somebody else runs: it is used, and neither stopped nor changed beyond blkwarden's own streams.
nats_given() {
  local first="${NATS_URL%%,*}" place
  place="${first##*://}"
  place="${place##*@}"
  [[ "$place" == *:* ]] || place="$place:4222"
  nats_greets "${place%:*}" "${place##*:}" ||
    die "no NATS server answers at NATS_URL, ${first%%://*}://$place" \
      "start it, or unset NATS_URL: a private one is started then"
  export NATS_URL
}

# The server writes its ports file once it listens; its greeting proves that it serves.
nats_answers() {
  local url
  url="$(sed -n 's|.*"\(nats://[^"]*\)".*|\1|p' "$NATS_DIR"/*.ports 2>/dev/null | head -n 1)"
  [[ -n "$url" ]] && nats_greets 127.0.0.1 "${url##*:}" || return 1
  export NATS_URL="$url"
}

nats_greets() { # HOST PORT
  local greeting
  greeting="$({ exec 3<>"/dev/tcp/$1/$2" && IFS= read -r -t 2 line <&3 && printf '%s' "$line"; } 2>/dev/null)" ||
    return 1
  [[ "$greeting" == INFO* ]]
}

nats_stop() {
  if [[ -n "$NATS_PID" ]]; then
    kill "$NATS_PID" 2>/dev/null || true
    wait "$NATS_PID" 2>/dev/null || true
    NATS_PID=""
  fi
  if [[ -n "$NATS_DIR" ]]; then
    rm -rf "$NATS_DIR"
    NATS_DIR=""
  fi
}
