#!/bin/bash
# Prints which kernel threads serve which guest disk, from ps, xenstore, sysfs, dmsetup and ionice, without code of the
# agent. One line per disk, KEY=VALUE separated by spaces:
#   domid name uuid vdev handle state lv dev dm dm_name role disk scheduler workers
# workers is RING/PID/START_TICKS/PRIORITY, separated by commas; "-" if there are none, and "?" if thread names do not
# distinguish a domain's disks (blkback before Linux 4.9).
# Starting a process takes 0.1 s under emulation: uses read instead of cat, runs each tool once for all disks, and
# returns results in variables (REPLY) instead of $(..).
set -euo pipefail
BACKEND=/local/domain/0/backend/vbd

role_of() {
	case $1 in
	*_img) REPLY=root ;;
	*_swap) REPLY=swap ;;
	*) REPLY=data ;;
	esac
}

# Sets DISKS to the physical disks below a block device, through all layers.
declare -A DISKS
find_disks() {
	local slave
	local -a below=("/sys/block/$1/slaves/"*)
	if [ -e "${below[0]}" ]; then
		for slave in "${below[@]}"; do find_disks "${slave##*/}"; done
	elif [ -d "/sys/block/$1" ]; then
		DISKS[$1]=1
	else # the directory of a partition is in the directory of its disk
		slave=$(readlink -f "/sys/class/block/$1/..")
		DISKS[${slave##*/}]=1
	fi
}

# "none: prio 0" -> none-0, "idle" -> idle, "best-effort: prio 7" -> best-effort-7
priority_of() { REPLY=$(ionice -p "$1") && REPLY=${REPLY/: prio /-} || REPLY=gone; }

PROCESSES=$(ps -e -o pid=,comm=)
workers_of() { # DOMID VDEV
	local pid comm stat list=''
	while read -r pid comm; do
		case $comm in
		"blkback.$1."*) REPLY='?'; return ;;
		"$1.$2"-*)
			read -r stat <"/proc/$pid/stat" || continue
			# The name may contain spaces and ends at the last ")". The start time is field 22, the 20th after the name.
			# shellcheck disable=SC2206 # numbers
			local -a fields=(${stat##*) })
			priority_of "$pid"
			list+="${comm##*-}/$pid/${fields[19]}/$REPLY"$'\n'
			;;
		esac
	done <<<"$PROCESSES"
	REPLY=-
	[ -z "$list" ] || REPLY=$(sort -n <<<"${list%$'\n'}" | paste -sd,)
}

scheduler_of() {
	read -r REPLY <"/sys/block/$1/queue/scheduler"
	[[ $REPLY != *\[* ]] || { REPLY=${REPLY#*[}; REPLY=${REPLY%]*}; }
}

DEVICE_MAPPER=$'\n'$(dmsetup info -c --noheadings --separator : -o major,minor,name)$'\n'
describe() { # DOMID HANDLE
	local node=$BACKEND/$1/$2 dev dm name disks='' schedulers='' role disk physical
	local -a value
	mapfile -t value < <(xenstore-read "$node/dev" "$node/params" "$node/state" "/local/domain/$1/name" "/local/domain/$1/vm")
	# Hexadecimal there, decimal everywhere else.
	read -r physical <"/sys/bus/xen-backend/devices/vbd-$1-$2/physical_device"
	dev=$((16#${physical%:*})):$((16#${physical#*:}))
	dm=$(readlink "/sys/dev/block/$dev")
	dm=${dm##*/}
	name=-
	[[ $DEVICE_MAPPER != *$'\n'"$dev":* ]] || { name=${DEVICE_MAPPER#*$'\n'"$dev":}; name=${name%%$'\n'*}; }
	DISKS=()
	find_disks "$dm"
	for disk in "${!DISKS[@]}"; do
		scheduler_of "$disk"
		disks+=${disks:+,}$disk
		schedulers+=${schedulers:+,}$REPLY
	done
	role_of "${value[1]}"
	role=$REPLY
	workers_of "$1" "${value[0]}"
	echo "domid=$1 name=${value[3]} uuid=${value[4]##*/} vdev=${value[0]} handle=$2 state=${value[2]} lv=${value[1]}" \
		"dev=$dev dm=$dm dm_name=$name role=$role disk=$disks scheduler=$schedulers workers=$REPLY"
}

for domid in $(xenstore-list "$BACKEND" 2>/dev/null | sort -n); do
	for handle in $(xenstore-list "$BACKEND/$domid"); do describe "$domid" "$handle"; done
done
