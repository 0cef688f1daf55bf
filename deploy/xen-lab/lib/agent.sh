# shellcheck shell=bash
# The agent in dom0 with its Java runtime, and the tunnel to a NATS server outside. Sourced by `lab`.

CHECKOUT=$(cd "$LAB_HOME/../.." && pwd)
AGENT_HOME=/opt/blkwarden
NATS_PORT=4222 # in dom0
# java.naming and java.xml: logback. jdk.unsupported: Reactor. java.management: the agent's metrics.
RUNTIME_MODULES=java.base,java.logging,java.management,java.naming,java.xml,jdk.unsupported

# The JDK of the checkout's scripts. Call in a subshell: they redefine `die`.
find_jdk() (
	for part in common jdk; do
		# shellcheck source=/dev/null
		. "$CHECKOUT/deploy/lib/$part.sh"
	done
	use_jdk
	echo "$JAVA_HOME"
)

# Sets JAVA_RUNTIME to a runtime image, built once per JDK version.
make_runtime() {
	local version home
	home=$(find_jdk) || exit 1
	version=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "$home/release")
	JAVA_RUNTIME=$CACHE/runtime-$version-$(cksum <<<"$RUNTIME_MODULES" | cut -d' ' -f1)
	[ ! -x "$JAVA_RUNTIME/bin/java" ] || return 0
	rm -rf "$JAVA_RUNTIME.new"
	"$home/bin/jlink" --add-modules "$RUNTIME_MODULES" --strip-debug --no-header-files --no-man-pages \
		--output "$JAVA_RUNTIME.new" || die "jlink of $home could not build a runtime image"
	mv "$JAVA_RUNTIME.new" "$JAVA_RUNTIME"
}

install_agent() {
	local target=$CHECKOUT/host-agent/target started=$SECONDS stage=$RUN/agent
	if [ ! -s "$target/host-agent.jar" ] || [ ! -d "$target/lib" ]; then
		die "no agent in $target; build it with: mvn -pl host-agent -am package"
	fi
	need_dom0
	make_runtime
	# Copy both in one archive on a disk: ssh takes ten times as long.
	rm -rf "$stage"
	mkdir -p "$stage"
	ln -s "$JAVA_RUNTIME" "$stage/runtime"
	ln -s "$target/host-agent.jar" "$target/lib" "$stage/"
	tar -C "$stage" -chf - . | dd of="$RUN/parcel.img" bs=1M conv=notrunc status=none || die "cannot write $RUN/parcel.img"
	rm -rf "$stage"
	dom0 "rm -rf $AGENT_HOME && mkdir -p $AGENT_HOME && blockdev --flushbufs /dev/vdb &&
		tar -C $AGENT_HOME -xf /dev/vdb --no-same-owner" </dev/null ||
		die "could not unpack the agent in dom0"
	say "agent installed in dom0's $AGENT_HOME in $(took "$started")"
}

agent() {
	local action=${1:-}
	[ $# = 0 ] || shift
	need_dom0
	case $action in
	start)
		dom0 "[ -x $AGENT_HOME/runtime/bin/java ]" </dev/null || die "no agent in dom0; install it with: $LAB_PROGRAM install-agent"
		dom0 "/lab/agent-control start${*:+$(printf ' %q' "$@")}" </dev/null
		;;
	stop | kill9) dom0 "/lab/agent-control $action" </dev/null ;;
	log) dom0 "cat /var/log/blkwarden-agent.log" </dev/null ;;
	run) dom0 "/lab/blkwarden-agent$(printf ' %q' "$@")" ;;
	*) die_usage "agent start [ARG..] | stop | kill9 | log | run ARG.." ;;
	esac
}

# tunnel PORT|SOCKET [ADDRESS]: forwards port 4222 of an address of dom0 to a loopback port or Unix socket of this
# machine, on the shared ssh connection. Also works after the server is restarted.
tunnel() {
	local to=${1:-} address=${2:-127.0.0.1}
	if is_count "$to"; then
		to=127.0.0.1:$to
	elif [ ! -S "$to" ]; then
		die_usage "tunnel PORT|SOCKET [ADDRESS]: where a NATS server listens on this machine"
	fi
	need_dom0
	untunnel
	ssh_master || die "dom0's sshd does not answer; its console is in $RUN/console.log"
	forward_nats forward "$address:$NATS_PORT:$to" ||
		die "dom0's sshd refused the forward; check whether $address:$NATS_PORT is in use in dom0"
	echo "$address:$NATS_PORT:$to" >"$RUN/tunnel"
}

untunnel() {
	[ -e "$RUN/tunnel" ] || return 0
	forward_nats cancel "$(cat "$RUN/tunnel")" || true
	rm -f "$RUN/tunnel"
}
