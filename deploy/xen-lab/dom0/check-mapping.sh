#!/bin/bash
# Which kernel threads serve which guest disk, from ps, xenstore, sysfs, dmsetup and ionice alone: a
# second opinion that shares no code with the agent. One line a disk, KEY=VALUE separated by spaces:
#   domid name uuid vdev handle state lv dev dm dm_name role disk scheduler workers
# workers is RING/PID/START_TICKS/PRIORITY, separated by commas; "-" where there is none, and "?" where
# the threads' names do not tell a domain's disks apart (blkback before Linux 4.9).
# Starting a process costs a tenth of a second under emulation: hence read instead of cat, one run of
# each tool for all disks, and results in variables (REPLY) instead of $(..).
set -euo pipefail
BACKEND=/local/domain/0/backend/vbd

role_of() {
	case $1 in
	*_img) REPLY=root ;;
	*_swap) REPLY=swap ;;
	*) REPLY=data ;;
	esac
}

# The physical disks below a block device, through all layers, in DISKS.
declare -A DISKS
find_disks() {
	local slave
	local -a below=("/sys/block/$1/slaves/"*)
	if [ -e "${below[0]}" ]; then
		for slave in "${below[@]}"; do find_disks "${slave##*/}"; done
	elif [ -d "/sys/block/$1" ]; then
		DISKS[$1]=1
	else # a partition's directory lies in its disk's
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
			# The name may hold spaces; it ends at the last ")". The start time is field 22, so the 20th after it.
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
