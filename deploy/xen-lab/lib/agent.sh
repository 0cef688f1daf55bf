# shellcheck shell=bash
# The agent in dom0, with a Java runtime of its own, and its way to a NATS server outside. Sourced by `lab`.

CHECKOUT=$(cd "$LAB_HOME/../.." && pwd)
AGENT_HOME=/opt/blkwarden
NATS_PORT=4222 # in dom0
# java.naming and java.xml: logback. jdk.unsupported: Reactor. java.management: its own measures.
RUNTIME_MODULES=java.base,java.logging,java.management,java.naming,java.xml,jdk.unsupported

# The JDK that the checkout's other commands would use. In a subshell: those scripts have their own `die`.
find_jdk() (
	for part in common jdk; do
		# shellcheck source=/dev/null
		. "$CHECKOUT/deploy/lib/$part.sh"
	done
	use_jdk
	echo "$JAVA_HOME"
)

# Sets JAVA_RUNTIME to a runtime image made once for each JDK version.
make_runtime() {
	local version home
	home=$(find_jdk) || exit 1
	version=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "$home/release")
	JAVA_RUNTIME=$CACHE/runtime-$version-$(cksum <<<"$RUNTIME_MODULES" | cut -d' ' -f1)
	[ ! -x "$JAVA_RUNTIME/bin/java" ] || return 0
	rm -rf "$JAVA_RUNTIME.new"
	"$home/bin/jlink" --add-modules "$RUNTIME_MODULES" --strip-debug --no-header-files --no-man-pages \
		--output "$JAVA_RUNTIME.new" || die "jlink of $home could not make a runtime image"
	mv "$JAVA_RUNTIME.new" "$JAVA_RUNTIME"
}

install_agent() {
	local target=$CHECKOUT/host-agent/target started=$SECONDS stage=$RUN/agent
	if [ ! -s "$target/host-agent.jar" ] || [ ! -d "$target/lib" ]; then
		die "no agent in $target; build it with: mvn -pl host-agent -am package"
	fi
	need_dom0
	make_runtime
	rm -rf "$stage"
	mkdir -p "$stage"
	# Hard or copied, not linked by name: tar packs what is there.
	cp -al "$JAVA_RUNTIME" "$stage/runtime" 2>/dev/null || cp -a "$JAVA_RUNTIME" "$stage/runtime"
	cp -a "$target/host-agent.jar" "$target/lib" "$stage/"
	dom0 "rm -rf $AGENT_HOME/lib $AGENT_HOME/host-agent.jar" </dev/null
	if dom0 "[ -e $AGENT_HOME/runtime/$(basename "$JAVA_RUNTIME") ]" </dev/null; then
		put "$stage/host-agent.jar" "$stage/lib" "$AGENT_HOME"
	else
		put "$stage/runtime" "$stage/host-agent.jar" "$stage/lib" "$AGENT_HOME"
		dom0 "touch $AGENT_HOME/runtime/$(basename "$JAVA_RUNTIME")" </dev/null
	fi
	rm -rf "$stage"
	say "agent installed in dom0's $AGENT_HOME in $(took "$started")"
}

agent() {
	local action=${1:-}
	[ $# = 0 ] || shift
	need_dom0
	case $action in
	start)
		dom0 "[ -x $AGENT_HOME/runtime/bin/java ]" </dev/null || die "no agent in dom0; put it there with: $LAB_PROGRAM install-agent"
		dom0 "/lab/agent-control start${*:+$(printf ' %q' "$@")}" </dev/null
		;;
	stop | kill9) dom0 "/lab/agent-control $action" </dev/null ;;
	log) dom0 "cat /var/log/blkwarden-agent.log" </dev/null ;;
	run) dom0 "/lab/blkwarden-agent$(printf ' %q' "$@")" ;;
	*) die_usage "agent start [ARG..] | stop | kill9 | log | run ARG.." ;;
	esac
}

# tunnel PORT: dom0's 127.0.0.1:4222 becomes this machine's 127.0.0.1:PORT.
tunnel() {
	local port=${1:-}
	local -a opts
	is_count "$port" || die_usage "tunnel PORT: the port of a NATS server on this machine's loopback"
	need_dom0
	untunnel
	mapfile -t opts < <(ssh_options -o ControlPath=none -o ExitOnForwardFailure=yes)
	setsid bash "$LAB_HOME/lib/keep-tunnel.sh" "$RUN" "${opts[@]}" -N -R "127.0.0.1:$NATS_PORT:127.0.0.1:$port" \
		root@127.0.0.1 </dev/null >/dev/null 2>&1 9>&- &
	echo $! >"$RUN/tunnel.pid"
	disown
	echo "$port" >"$RUN/tunnel.port"
	# shellcheck disable=SC2016 # dom0's shell
	dom0 'n=0; until ss -Hltn sport = :'"$NATS_PORT"' | grep -q .; do sleep 0.5; n=$((n + 1)); [ $n -lt 60 ] || exit 1; done' </dev/null ||
		{ untunnel; die "the tunnel from dom0 did not come up in 30 s"; }
}

untunnel() {
	end_group "$RUN/tunnel.pid"
	rm -f "$RUN/tunnel.port"
}
