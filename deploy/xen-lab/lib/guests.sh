# shellcheck shell=bash
# Guests, and what is typed into their consoles. Sourced by `lab`.

DEFAULT_GUESTS=(vm101 vm102)
GUESTS_SECONDS=400 # of the lab clock

check_guest_name() { [[ $1 =~ ^[a-z][a-z0-9]{0,15}$ ]] || die_usage "'$1' is no guest name; expected a letter and up to 15 letters or digits"; }

guests() {
	local started=$SECONDS name
	local -a names=("$@")
	[ $# -gt 0 ] || names=("${DEFAULT_GUESTS[@]}")
	for name in "${names[@]}"; do check_guest_name "$name"; done
	need_dom0
	# The throttle is for the guests' load, not for making volumes.
	limit_disk 0
	local failed=0
	within "$GUESTS_SECONDS" "making ${names[*]}" dom0 "VCPUS=${VCPUS:-1} MEMORY_MIB=${MEMORY_MIB:-128} DISK_MIB=${DISK_MIB:-256} SWAP_MIB=${SWAP_MIB:-128}" \
		/lab/create-guests "${names[@]}" </dev/null || failed=$?
	limit_disk "$(cat "$RUN/iops")"
	[ "$failed" = 0 ] || die "not all guests came up; look with: $LAB_PROGRAM sh 'xl list; tail /var/log/xen/*.log'"
	say "${names[*]}: up in $(took "$started")"
}

guest() {
	[ $# = 2 ] || die_usage "guest NAME LINE: types LINE into the guest's console"
	check_guest_name "$1"
	need_dom0
	dom0 "id=\$(xl domid $1) && tty=\$(xenstore-read /local/domain/\$id/console/tty) && cat >\$tty" <<<"$2" ||
		die "guest $1 does not run; start it with: $LAB_PROGRAM guests $1"
}

destroy() {
	[ $# = 1 ] || die_usage "destroy NAME"
	check_guest_name "$1"
	need_dom0
	dom0 "xl domid $1 >/dev/null 2>&1 || exit 0; xl destroy $1" || die "guest $1 could not be destroyed"
}

burn() {
	is_count "${1:-}" || die_usage "burn N: how many domids to use up"
	need_dom0
	dom0 python3 /lab/burn-domids.py "$1" || die "the domids could not be used up"
}

# Guests with as many processors, and so rings for each disk, as asked.
guests_with_rings() {
	[[ ${1:-} =~ ^[1-4]$ ]] || die_usage "guests-with-rings N NAME..: N from 1 to 4"
	VCPUS=$1 guests "${@:2}"
}
