# shellcheck shell=bash
# Starts and stops the lab's machine: Xen and dom0 in QEMU. Sourced by `lab`.

MACHINE_MIB=${BLKWARDEN_LAB_MEMORY_MIB:-2048}
DOM0_MIB=${BLKWARDEN_LAB_DOM0_MIB:-1024}
# One CPU, and one vCPU in dom0: QEMU emulates all CPUs in turn on one host thread, and with several of them most of
# the time is spent waiting for each other.
CPUS=1
VG_SIZE=4G
PARCEL_SIZE=256M # disk for copying large files to dom0: ssh is slow under emulation
ACCEL=${BLKWARDEN_LAB_ACCEL:-auto}
BOOT_SECONDS=${BLKWARDEN_LAB_BOOT_SECONDS:-420}
KVM_BOOT_SECONDS=60
# Limit of the VG's disk in IOPS, set in QEMU: slow enough that guests compete.
DEFAULT_IOPS=${BLKWARDEN_LAB_IOPS:-60}

dom0_is_up() { qemu_pid >/dev/null && [ -e "$RUN/booted" ] && dom0 true </dev/null 2>/dev/null; }

boot() {
	need_host_tools
	build_image
	locked "$RUN.lock" boot_locked
}

boot_locked() {
	dom0_is_up && { say "dom0 is up already"; return 0; }
	down_locked
	mkdir -p "$RUN" || die "cannot make $RUN; set BLKWARDEN_LAB_DIR to a directory that can be written"
	[ ${#RUN} -lt 80 ] || die "$RUN is too long for the sockets in it; set BLKWARDEN_LAB_DIR to a shorter path"
	[ -s "$SSH_KEY" ] || ssh-keygen -q -t ed25519 -N '' -f "$SSH_KEY" || die "ssh-keygen could not write $SSH_KEY"
	make_initramfs
	if kvm_may_work; then
		BOOT_SECONDS=$KVM_BOOT_SECONDS start_machine kvm && return 0
		[ "$ACCEL" = auto ] || die "$BOOT_FAILURE"
		say "boot with KVM failed ($BOOT_FAILURE); using emulation"
	fi
	start_machine tcg || die "$BOOT_FAILURE"
}

# kvm_pvm (for guests without hardware support) does not emulate all instructions of Xen.
kvm_may_work() {
	case $ACCEL in
	kvm) return 0 ;;
	tcg) return 1 ;;
	auto) [ -r /dev/kvm ] && [ -w /dev/kvm ] && [ ! -d /sys/module/kvm_pvm ] ;;
	*) die_usage "BLKWARDEN_LAB_ACCEL is '$ACCEL'; it must be auto, kvm or tcg" ;;
	esac
}

# Both initramfs images are built at each boot, so that script changes need no new root filesystem.
make_initramfs() {
	local work=$RUN/initramfs
	rm -rf "$work"
	mkdir -p "$work"
	cp -a "$IMAGE/initramfs-domu" "$work/domu"
	cp "$LAB_HOME/domu/init" "$work/domu/init"
	cp -a "$IMAGE/initramfs-dom0" "$work/dom0"
	cp "$LAB_HOME/dom0/initramfs-init" "$work/dom0/init"
	cp "$LAB_HOME"/dom0/* "$work/dom0/lab/"
	cp "$SSH_KEY.pub" "$work/dom0/lab/authorized_keys"
	pack_initramfs "$work/domu" >"$work/dom0/lab/domu.img" || die "cannot pack the guests' initramfs"
	pack_initramfs "$work/dom0" >"$RUN/dom0.img" || die "cannot pack dom0's initramfs"
	rm -rf "$work"
}

# start_machine kvm|tcg: on failure, stops the machine and sets BOOT_FAILURE to the reason.
start_machine() {
	local started=$SECONDS
	rm -f "$RUN"/{booted,console.log,root.qcow2,vg.img,parcel.img,qemu.pid}
	truncate -s "$VG_SIZE" "$RUN/vg.img"
	truncate -s "$PARCEL_SIZE" "$RUN/parcel.img"
	qemu-img create -q -f qcow2 -F raw -b "$IMAGE/root.ext4" "$RUN/root.qcow2" || die "qemu-img failed"
	echo "${BLKWARDEN_LAB_SSH_PORT:-$(free_port)}" >"$RUN/ssh.port"
	run_qemu "$1"
	if await_boot; then
		echo "$1" >"$RUN/accelerator"
		touch "$RUN/booted"
		throttle "$DEFAULT_IOPS"
		say "dom0 is up after $(took "$started") ($1)"
		return 0
	fi
	down_locked
	return 1
}

run_qemu() {
	local accelerator=$1 pid
	local -a cpu
	case $accelerator in
	kvm) cpu=(-accel kvm -cpu 'qemu64,+pni,+nx') ;;
	# Single-threaded: with several CPUs and thread=multi, QEMU 7.2 sometimes keeps a stale translation of code that the
	# kernel patches (static keys, tracepoints), and a vCPU loops forever on an old INT3.
	tcg) cpu=(-accel 'tcg,thread=single,tb-size=1024'
		-cpu 'qemu64,-svm,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand,+pdpe1gb') ;;
	esac
	# restrict=on: no outgoing connections; only dom0's sshd is reachable, from loopback.
	setsid qemu-system-x86_64 -M pc "${cpu[@]}" -smp "$CPUS" -m "$MACHINE_MIB" -nodefaults -display none -no-reboot \
		-kernel "$IMAGE/xen.elf" \
		-append "dom0_mem=${DOM0_MIB}M,max:${DOM0_MIB}M dom0_max_vcpus=$CPUS loglvl=warning bootscrub=0 console=com1 com1=115200,8n1 noreboot=1 watchdog=0 smt=1 spec-ctrl=no xpti=no pv-l1tf=no" \
		-initrd "$IMAGE/vmlinux console=hvc0 quiet loglevel=4 mitigations=off net.ifnames=0 tsc=reliable,$RUN/dom0.img" \
		-drive "file=$RUN/root.qcow2,format=qcow2,if=none,id=root,cache=unsafe" \
		-device virtio-blk-pci,drive=root,serial=labroot \
		-drive "file=$RUN/parcel.img,format=raw,if=none,id=parcel,cache=unsafe,file.locking=off" \
		-device virtio-blk-pci,drive=parcel,serial=labparcel \
		-device ahci,id=ahci0 -drive "file=$RUN/vg.img,format=raw,if=none,id=vg,cache=unsafe,aio=threads" \
		-device ide-hd,drive=vg,bus=ahci0.0,serial=labvg,rotation_rate=7200 \
		-netdev "user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:$(cat "$RUN/ssh.port")-:22" \
		-device virtio-net-pci,netdev=net0,romfile= \
		-chardev "socket,id=con,path=$RUN/console.sock,server=on,wait=off,logfile=$RUN/console.log" -serial chardev:con \
		-monitor "unix:$RUN/mon.sock,server,nowait" -pidfile "$RUN/qemu.pid" \
		</dev/null >"$RUN/qemu.log" 2>&1 9>&- &
	pid=$!
	disown
	# QEMU writes its pid file later; `down` needs it immediately.
	echo "$pid" >"$RUN/qemu.pid"
}

# Waits for dom0's message on the console, then for its sshd: BOOT_SECONDS of the lab clock.
await_boot() {
	local qemu end
	qemu=$(cat "$RUN/qemu.pid")
	end=$(($(lab_clock_ms "$qemu") + BOOT_SECONDS * 1000))
	while [ "$(lab_clock_ms "$qemu")" -lt "$end" ]; do
		if ! kill -0 "$qemu" 2>/dev/null; then
			BOOT_FAILURE="QEMU exited: $(tail -n 2 "$RUN/qemu.log" | tr '\n' ' ')"
			return 1
		fi
		if grep -qaE 'Panic on CPU|Kernel panic|LABFAIL' "$RUN/console.log" 2>/dev/null; then
			BOOT_FAILURE="the boot failed: $(grep -aE 'anic|LABFAIL' "$RUN/console.log" | head -n 2 | tr '\n\r' '  ')"
			return 1
		fi
		if grep -qa 'LABUP dom0' "$RUN/console.log" 2>/dev/null && ssh_master; then return 0; fi
		sleep 0.5
	done
	# shellcheck disable=SC2034 # read by the caller
	BOOT_FAILURE="dom0 did not start in $BOOT_SECONDS s; last console lines: $(tail -n 3 "$RUN/console.log" 2>/dev/null | tr '\n\r' '  ')"
	return 1
}

down() { locked "$RUN.lock" down_locked; }

down_locked() {
	local pid tries
	if [ -S "$RUN/ssh.sock" ]; then
		ssh -o ControlPath="$RUN/ssh.sock" -O exit root@127.0.0.1 >/dev/null 2>&1 || true
		rm -f "$RUN/ssh.sock"
	fi
	if pid=$(qemu_pid); then
		kill "$pid" 2>/dev/null
		for tries in {1..20}; do
			kill -0 "$pid" 2>/dev/null || break
			[ "$tries" -lt 20 ] || kill -9 "$pid" 2>/dev/null
			sleep 0.2
		done
	fi
	rm -f "$RUN"/{qemu.pid,booted,root.qcow2,vg.img,parcel.img,dom0.img,mon.sock,console.sock,tunnel,iops}
	return 0
}

clean() {
	down
	local dir
	for dir in "$CACHE"/run/*/; do
		[ "$dir" = "$RUN/" ] || [ ! -e "$dir/qemu.pid" ] || die "another lab is running in $dir; stop it first"
	done
	rm -rf --one-file-system "$CACHE"
}

# ---- the disk, from outside ---------------------------------------------------------------------

throttle() {
	is_count "${1:-}" || die_usage "throttle IOPS: a whole number, 0 for no limit"
	need_dom0
	limit_disk "$1"
	echo "$1" >"$RUN/iops"
}

limit_disk() { monitor "block_set_io_throttle vg 0 0 0 $1 0 0" >/dev/null; }

scheduler() {
	[[ ${1:-} =~ ^[a-z-]+$ ]] || die_usage "scheduler NAME: mq-deadline, bfq, kyber or none"
	need_dom0
	dom0 "f=/sys/block/sda/queue/scheduler; modprobe -q $1 || modprobe -q $1-iosched; echo $1 >\$f && cat \$f" ||
		die "dom0's kernel has no scheduler '$1'"
}

status() {
	local pid
	pid=$(qemu_pid) || { echo "lab '$NAME': not running"; return 1; }
	echo "lab '$NAME': qemu $pid ($(cat "$RUN/accelerator" 2>/dev/null || echo booting))," \
		"$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status") MiB resident, sshd on 127.0.0.1:$(cat "$RUN/ssh.port")," \
		"disk limited to $(cat "$RUN/iops" 2>/dev/null || echo '?') I/O per s"
	[ -e "$RUN/tunnel" ] && echo "tunnel, from dom0 to here: $(cat "$RUN/tunnel")"
	dom0 xl list
}
