# shellcheck shell=bash
# Variants of xen-blkback: Debian's source with one changed line for thread names. Sourced by `lab`.

SOURCE_PACKAGE=linux-source-6.1

blkback() {
	case ${1:-} in
	stock | legacy | kthread-pid) ;;
	*) die_usage "blkback KIND: stock, legacy or kthread-pid" ;;
	esac
	[ "$1" = stock ] || [ "$SUITE" = bookworm ] || die "blkback $1 needs BLKWARDEN_LAB_SUITE=bookworm"
	need_dom0
	if [ "$1" = stock ]; then
		dom0 'rmmod xen_blkback; modprobe xen_blkback max_queues=4' || die "could not reload xen-blkback; destroy the guests first"
	else
		local module=$IMAGE/blkback-$1/xen-blkback.ko
		[ -s "$module" ] || locked "$CACHE/build.lock" build_blkback "$1"
		put "$module" /run
		dom0 'rmmod xen_blkback; insmod /run/xen-blkback.ko max_queues=1' ||
			die "could not reload xen-blkback; destroy the guests first"
	fi
	say "blkback: $1"
}

build_blkback() {
	local kind=$1 version work=$IMAGE/blkback-$1 log=$IMAGE/blkback-$1.log tool
	version=$(cat "$IMAGE/kernel-version")
	for tool in make gcc dpkg-deb strip; do
		command -v "$tool" >/dev/null || die "$tool not found; install it with: apt-get install build-essential"
	done
	rm -rf "$work"
	mkdir -p "$work"
	{
		[ -d "/lib/modules/$version/build" ] || apt-get install -y --no-install-recommends "linux-headers-$version"
	} >"$log" 2>&1 || die "no headers of dom0's kernel; try: apt-get install linux-headers-$version (log: $log)"
	fetch_blkback_source "$work" >>"$log" 2>&1 || die "no source of xen-blkback in $SOURCE_PACKAGE (log: $log)"
	change_blkback "$kind" "$work/xenbus.c"
	printf 'obj-m := xen-blkback.o\nxen-blkback-y := blkback.o xenbus.o\n' >"$work/Makefile"
	make -C "/lib/modules/$version/build" M="$work" modules >>"$log" 2>&1 || die "xen-blkback did not build (log: $log)"
	strip --strip-debug "$work/xen-blkback.ko"
}

fetch_blkback_source() (
	cd "$1" &&
		apt-get -o APT::Sandbox::User=root download "$SOURCE_PACKAGE" &&
		dpkg-deb --fsys-tarfile "$SOURCE_PACKAGE"_*.deb | tar -xf - "./usr/src/$SOURCE_PACKAGE.tar.xz" &&
		tar -xJf "usr/src/$SOURCE_PACKAGE.tar.xz" --strip-components=4 "$SOURCE_PACKAGE/drivers/block/xen-blkback" &&
		rm -rf usr "$SOURCE_PACKAGE"_*.deb
)

change_blkback() {
	local kind=$1 file=$2 before
	before=$(sha256sum <"$file")
	case $kind in
	legacy) # one thread per disk, named blkback.DOMID.DEV, truncated to 15 characters, as up to Linux 4.4
		sed -i 's/"%d.%s", blkif->domid, devname/"blkback.%d.%s", blkif->domid, devname/; s/ring, "%s-%d", name, i)/ring, "%s", name)/' "$file" ;;
	kthread-pid) # writes each thread's pid to its backend node, like XenServer kernels
		sed -i '/xenblkd = kthread_run/a\\t\tif (!IS_ERR(ring->xenblkd)) xenbus_printf(XBT_NIL, blkif->be->dev->nodename, "kthread-pid", "%d", ring->xenblkd->pid);' "$file" ;;
	esac
	[ "$before" != "$(sha256sum <"$file")" ] || die "$kind: xenbus.c no longer has the lines to change"
}
