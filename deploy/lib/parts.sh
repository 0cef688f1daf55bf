# shellcheck shell=bash
# Runs the parts of a check, with progress and a result table. Source common.sh first.
#   parts_start             initializes; logs go to target/verify
#   part_run NAME COMMAND   runs a part; exits if it fails
#   part_begin NAME COMMAND, part_end NAME   runs a part in the background; part_end waits for it
#   parts_report            prints the table and the number of tests; exit status 1 unless all passed
# A part that exits with NOT_HERE cannot run on this machine: it is reported as not verified, not as failed.

NOT_HERE=77
PROGRESS_SECONDS=30
PARTS_LOGS="$ROOT/target/verify"
declare -A PART_PID PART_STARTED
PART_ROWS=()

parts_start() {
  rm -rf "$PARTS_LOGS"
  mkdir -p "$PARTS_LOGS"
  touch "$PARTS_LOGS/started"
  trap parts_stop EXIT
}

# Kills the process groups of running parts.
parts_stop() {
  local name
  for name in "${!PART_PID[@]}"; do kill -- "-${PART_PID[$name]}" 2>/dev/null || true; done
}

part_begin() { # NAME COMMAND..
  local name="$1"
  shift
  say "==> $name"
  PART_STARTED[$name]=$SECONDS
  set -m # run the part in its own process group
  # A file for the exit status: bash loses the status of a finished process when its pid is reused.
  (trap 'echo $? >"$PARTS_LOGS/$name.status"' EXIT && "$@") </dev/null >"$PARTS_LOGS/$name.log" 2>&1 &
  PART_PID[$name]=$!
  set +m
}

part_run() {
  part_begin "$@"
  part_end "$1"
}

part_end() { # NAME
  local name="$1" status next took
  next=$((PART_STARTED[$name] + PROGRESS_SECONDS))
  while [[ ! -s "$PARTS_LOGS/$name.status" ]] && kill -0 "${PART_PID[$name]}" 2>/dev/null; do
    if ((SECONDS >= next)); then
      say "    $name: $(duration $((SECONDS - PART_STARTED[$name])))$(progress "$name")"
      next=$((SECONDS + PROGRESS_SECONDS))
    fi
    sleep 0.3
  done
  status="$(cat "$PARTS_LOGS/$name.status" 2>/dev/null || echo 1)" # no file: it was killed
  unset "PART_PID[$name]"
  took=$((SECONDS - PART_STARTED[$name]))
  case $status in
    0) part_row "$name" "$took" passed ;;
    "$NOT_HERE") part_row "$name" "$took" "NOT VERIFIED: $(tail -n 1 "$PARTS_LOGS/$name.log")" ;;
    *)
      part_row "$name" "$took" FAILED
      failure "$name"
      parts_report
      ;;
  esac
  say "<== $name: $(duration "$took")"
}

part_row() { # NAME SECONDS RESULT
  local module tests=""
  if [[ "$1" == tests ]]; then
    while read -r module; do
      PART_ROWS+=("  $module|$(count tests "$module")|$(count time "$module")|$(module_result "$module")")
    done < <(reports | sed "s|^$ROOT/||; s|/target/.*||" | sort -u)
    tests=$(count tests)
  elif [[ "$1" == xen-lab ]]; then
    tests=$(lab_tests)
  fi
  PART_ROWS+=("$1|$tests|$2|$3")
}

progress() { # NAME
  case $1 in
    tests) printf ', %s tests done, %s failed' "$(count tests)" "$(failures)" ;;
    *) printf ', %s' "$(tail -n 1 "$PARTS_LOGS/$1.log" | cut -c1-100)" ;;
  esac
}

failure() { # NAME
  local log="$PARTS_LOGS/$1.log"
  say "" "error: $1 failed; last lines of $log:"
  { grep -E '^\[ERROR\]' "$log" || true; } | head -n 40 >&2
  tail -n 60 "$log" >&2
}

# The surefire reports of this run, one per class.
reports() { # [MODULE]
  find "${ROOT}${1:+/$1/target}" -path '*/target/surefire-reports/TEST-*.xml' -newer "$PARTS_LOGS/started"
}

# Sums an attribute over the reports of one or all modules.
count() { # ATTRIBUTE [MODULE]
  reports "${2:-}" | xargs -r sed -n "s/^<testsuite .* $1=\"\([0-9.]*\)\".*/\1/p" |
    awk '{ sum += $1 } END { printf "%d\n", sum }'
}

failures() { echo $(($(count failures "${1:-}") + $(count errors "${1:-}"))); }
module_result() { [[ "$(failures "$1")" == 0 ]] && echo passed || echo "FAILED: $(failures "$1")"; }

# The number of lab tests, from Maven's output.
lab_tests() {
  sed -n 's/^.*Tests run: \([0-9]*\),.*Time elapsed.*/\1/p' "$PARTS_LOGS/xen-lab.log" |
    awk '{ sum += $1 } END { print sum + 0 }'
}

# Prints the table and exits.
parts_report() {
  local row name tests seconds result bad=0 all failed skipped
  printf '\n%-24s %6s %8s  %s\n' part tests seconds result
  for row in "${PART_ROWS[@]}"; do
    IFS='|' read -r name tests seconds result <<<"$row"
    printf '%-24s %6s %8s  %s\n' "$name" "$tests" "$seconds" "$result"
    [[ "$result" != FAILED* ]] || bad=1
  done
  printf '%-24s %6s %8s\n\n' total "" "$SECONDS"
  all=$(count tests)
  failed=$(failures)
  skipped=$(count skipped)
  echo "$((all - failed - skipped)) passed, $failed failed, $skipped skipped"
  ((bad == 0)) || exit 1
  ((all > 0)) || die "no test ran"
  ((skipped == 0)) || die "$skipped tests were skipped" "make them run or delete them"
  exit 0
}
