# shellcheck shell=bash
# A private nats-server with JetStream on loopback. Source common.sh first.
#   nats_start [PORT]   starts one (a free port by default), exports NATS_URL, returns when it answers
#   nats_stop           stops it and removes what it stored; does nothing when none was started

NATS_PID=""
NATS_DIR=""

nats_start() {
  local port="${1:--1}" attempt
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

# The server writes its ports file once it listens; its greeting proves that it serves.
nats_answers() {
  local url greeting
  url="$(sed -n 's|.*"\(nats://[^"]*\)".*|\1|p' "$NATS_DIR"/*.ports 2>/dev/null | head -n 1)"
  [[ -n "$url" ]] || return 1
  greeting="$(
    exec 3<>"/dev/tcp/127.0.0.1/${url##*:}" && IFS= read -r -t 2 line <&3 && printf '%s' "$line"
  )" 2>/dev/null || return 1
  [[ "$greeting" == INFO* ]] || return 1
  export NATS_URL="$url"
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
