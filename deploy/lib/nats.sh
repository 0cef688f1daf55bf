# shellcheck shell=bash
# A nats-server with JetStream. Source common.sh first.
#   nats_start [PORT]   without PORT, uses the server at NATS_URL if that is set; else starts a private server on
#                       loopback (default: a free port) and exports NATS_URL
#   nats_stop           stops the private server, if started, and removes its data

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

# Uses an existing server: it is not stopped, and only blkwarden's streams are changed.
nats_given() {
  local first="${NATS_URL%%,*}" place
  place="${first##*://}"
  place="${place##*@}"
  [[ "$place" == *:* ]] || place="$place:4222"
  nats_greets "${place%:*}" "${place##*:}" ||
    die "no NATS server answers at NATS_URL, ${first%%://*}://$place" \
      "start it, or unset NATS_URL to start a private server"
  export NATS_URL
}

# The server writes its ports file when it listens; the INFO message shows that it accepts clients.
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
