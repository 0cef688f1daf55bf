# shellcheck shell=bash
# Guests and their consoles. Sourced by `lab`.

DEFAULT_GUESTS=(vm101 vm102)
GUESTS_SECONDS=400 # of the lab clock

check_guest_name() { [[ $1 =~ ^[a-z][a-z0-9]{0,15}$ ]] || die_usage "invalid guest name '$1'; expected a letter and up to 15 letters or digits"; }

guests() {
	local started=$SECONDS name
	local -a names=("$@")
	[ $# -gt 0 ] || names=("${DEFAULT_GUESTS[@]}")
	for name in "${names[@]}"; do check_guest_name "$name"; done
	need_dom0
	# No disk limit while volumes are created.
	limit_disk 0
	local failed=0
	within "$GUESTS_SECONDS" "starting ${names[*]}" dom0 "VCPUS=${VCPUS:-1} MEMORY_MIB=${MEMORY_MIB:-128} DISK_MIB=${DISK_MIB:-256} SWAP_MIB=${SWAP_MIB:-128} QDISK=${QDISK:-}" \
		/lab/create-guests "${names[@]}" </dev/null || failed=$?
	limit_disk "$(cat "$RUN/iops")"
	[ "$failed" = 0 ] || die "not all guests started; see: $LAB_PROGRAM sh 'xl list; tail /var/log/xen/*.log'"
	say "${names[*]}: started in $(took "$started")"
}

guest() {
	[ $# = 2 ] || die_usage "guest NAME LINE: sends LINE to the guest's console"
	check_guest_name "$1"
	need_dom0
	dom0 "id=\$(xl domid $1) && tty=\$(xenstore-read /local/domain/\$id/console/tty) && cat >\$tty" <<<"$2" ||
		die "guest $1 is not running; start it with: $LAB_PROGRAM guests $1"
}

destroy() {
	[ $# = 1 ] || die_usage "destroy NAME"
	check_guest_name "$1"
	need_dom0
	dom0 "xl domid $1 >/dev/null 2>&1 || exit 0; xl destroy $1" || die "could not destroy guest $1"
}

burn() {
	is_count "${1:-}" || die_usage "burn N: number of domids to use up"
	[ "$SUITE" = bookworm ] || die "burn knows Xen 4.17 only: set BLKWARDEN_LAB_SUITE=bookworm"
	need_dom0
	dom0 python3 /lab/burn-domids.py "$1" || die "could not use up the domids"
}

# Guests with N vCPUs, and thus N rings per disk.
guests_with_rings() {
	[[ ${1:-} =~ ^[1-4]$ ]] || die_usage "guests-with-rings N NAME..: N from 1 to 4"
	VCPUS=$1 guests "${@:2}"
}

# Guests whose swap disk is served by QEMU, through the page cache or with direct I/O.
guests_on_qdisk() {
	[[ ${1:-} =~ ^(cached|direct)$ ]] || die_usage "guests-on-qdisk cached|direct NAME.."
	QDISK=$1 guests "${@:2}"
}
