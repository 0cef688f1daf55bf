# shellcheck shell=bash
# Directories, messages, lab clock, and ssh to dom0. Sourced by `lab`.

# The cache is shared by all labs of a user, a run directory belongs to one lab.
CACHE=${BLKWARDEN_LAB_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/blkwarden/xen-lab}
NAME=${BLKWARDEN_LAB_NAME:-default}
RUN=$CACHE/run/$NAME
SSH_KEY=$CACHE/ssh-key

EXIT_USAGE=2
EXIT_SKIP=77 # this machine cannot run the lab; the convention of automake

die() { echo "lab: $*" >&2; exit 1; }
die_usage() { echo "lab: $*" >&2; exit "$EXIT_USAGE"; }
skip() { echo "lab: cannot run here: $*" >&2; exit "$EXIT_SKIP"; }
say() { echo "lab: $*" >&2; }

# Seconds since $1 (a value of SECONDS).
took() { echo "$((SECONDS - $1)) s"; }

# locked FILE COMMAND..: runs COMMAND with an exclusive lock on FILE; waits up to an hour.
locked() {
	local file=$1
	shift
	mkdir -p "$(dirname "$file")"
	exec 9>"$file"
	flock -w 3600 9 || die "another lab command has held the lock $file for more than an hour; stop it and try again"
	"$@"
	exec 9>&-
}

is_count() { [[ ${1:-} =~ ^[0-9]+$ ]]; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# ---- the QEMU that is this lab's machine --------------------------------------------------------

# Prints QEMU's pid if it is running. Checks the command line, because pids are reused.
qemu_pid() {
	local pid
	pid=$(cat "$RUN/qemu.pid" 2>/dev/null) && [ -n "$pid" ] || return 1
	grep -qa -- "$RUN/qemu.pid" "/proc/$pid/cmdline" 2>/dev/null || return 1
	echo "$pid"
}

# ---- the lab clock ------------------------------------------------------------------------------
# Timeouts use the lab clock, which excludes the time that QEMU's emulation thread waits for a CPU and the steal time of
# this machine. On a busy host the lab is slower, but tests do not time out.

# Prints the excluded milliseconds: run delay of QEMU's busiest thread (schedstat), and the average steal time per CPU;
# 0 if the kernel provides neither.
lab_delay_ms() { # PID
	local file run wait busiest=0 delay=0 processors=0 stolen=0 line
	for file in "/proc/$1/task"/*/schedstat; do
		read -r run wait _ <"$file" 2>/dev/null || continue
		if [ "$run" -gt "$busiest" ]; then
			busiest=$run
			delay=$wait
		fi
	done
	while read -r -a line; do
		case ${line[0]} in
		cpu) stolen=${line[8]:-0} ;;
		cpu[0-9]*) processors=$((processors + 1)) ;;
		*) break ;;
		esac
	done </proc/stat
	echo $((delay / 1000000 + (processors > 0 ? stolen * 10 / processors : 0)))
}

# Prints the lab clock in milliseconds, for differences only. $1: QEMU's pid.
lab_clock_ms() {
	local up
	read -r up _ </proc/uptime
	up=${up/./}
	echo $((10#$up * 10 - $(lab_delay_ms "$1")))
}

# within SECONDS WHAT COMMAND..: runs COMMAND with a timeout on the lab clock; returns COMMAND's status.
within() {
	local limit=$(($1 * 1000)) what=$2 started command qemu status=0
	shift 2
	qemu=$(qemu_pid) || die "no lab named '$NAME' is running"
	started=$(lab_clock_ms "$qemu")
	"$@" &
	command=$!
	while kill -0 "$command" 2>/dev/null; do
		if [ $(($(lab_clock_ms "$qemu") - started)) -gt "$limit" ]; then
			pkill -P "$command" 2>/dev/null
			die "$what took more than $((limit / 1000)) s of the lab clock"
		fi
		sleep 0.2
	done
	wait "$command" || status=$?
	return "$status"
}

# Prints "WALL LAB" every second while the machine runs: milliseconds since 1970, and of the lab clock.
clock() {
	local pid
	need_dom0
	while pid=$(qemu_pid); do
		echo "$((${EPOCHREALTIME/./} / 1000)) $(lab_clock_ms "$pid")"
		sleep 1
	done
}

need_dom0() { qemu_pid >/dev/null || die "no lab named '$NAME' is running; start it with: $LAB_PROGRAM boot"; }

# Sends one line to QEMU's human monitor.
monitor() { timeout 120 python3 "$LAB_HOME/lib/monitor.py" "$RUN/mon.sock" "$1" || die "QEMU's monitor does not answer; try: $LAB_PROGRAM down"; }

# ---- ssh into dom0 ------------------------------------------------------------------------------

# Not ControlMaster=auto: a master started by a command keeps that command's stdout and stderr open, and a caller that
# reads them to the end hangs.
ssh_options() {
	printf '%s\n' -q -i "$SSH_KEY" -p "$(cat "$RUN/ssh.port")" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=600 \
		-o ServerAliveInterval=20 -o ServerAliveCountMax=60 -o KexAlgorithms=curve25519-sha256 "$@"
}

# Starts the shared connection: a key exchange takes seconds under emulation.
ssh_master() {
	local -a opts
	mapfile -t opts < <(ssh_options -o ControlPath="$RUN/ssh.sock")
	ssh "${opts[@]}" -O check root@127.0.0.1 >/dev/null 2>&1 && return 0
	rm -f "$RUN/ssh.sock"
	setsid ssh "${opts[@]}" -M -N -f -o ControlPersist=yes root@127.0.0.1 </dev/null >/dev/null 2>&1 9>&- || return 1
	[ ! -e "$RUN/tunnel" ] || forward_nats forward "$(cat "$RUN/tunnel")"
}

# forward_nats forward|cancel ADDRESS:PORT:WHERE: adds or removes a forward on the shared connection.
forward_nats() { ssh -o ControlPath="$RUN/ssh.sock" -O "$1" -R "$2" root@127.0.0.1 >/dev/null 2>&1; }

# Runs a command in dom0, with its stdin, stdout, stderr and exit status.
dom0() {
	local -a opts
	ssh_master || die "dom0's sshd does not answer; its console is in $RUN/console.log"
	mapfile -t opts < <(ssh_options -o ControlPath="$RUN/ssh.sock" -o ControlMaster=no)
	# shellcheck disable=SC2029 # expanded here; the caller quotes for dom0's shell
	ssh "${opts[@]}" root@127.0.0.1 "$@" 9>&-
}
