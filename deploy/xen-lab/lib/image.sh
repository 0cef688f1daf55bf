# shellcheck shell=bash
# dom0's root filesystem, kernel and hypervisor, from Debian's own packages. Sourced by `lab`.

SUITE=${BLKWARDEN_LAB_SUITE:-bookworm}
case $SUITE in
bookworm) XEN_VERSION=4.17 ;; # Linux 6.1
trixie) XEN_VERSION=4.20 ;; # Linux 6.12
*) die_usage "BLKWARDEN_LAB_SUITE is '$SUITE'; it must be bookworm or trixie" ;;
esac
DEFAULT_MIRROR=http://deb.debian.org/debian
PACKAGES=(
	linux-image-amd64 "xen-hypervisor-$XEN_VERSION-amd64" "xen-utils-$XEN_VERSION" xenstore-utils
	lvm2 udev kmod util-linux mount procps iproute2 busybox-static openssh-server
)
# Of the kernel's modules only what a dom0 with LVM and a guest need: 400 MB less to unpack and copy.
KEPT_MODULES=(
	'arch/*' 'block/*' 'crypto/*' 'lib/*' 'fs/ext4/*' 'fs/jbd2/*' 'fs/mbcache.ko' 'net/core/*'
	'drivers/ata/*' 'drivers/block/*' 'drivers/char/*' 'drivers/md/*' 'drivers/net/net_failover.ko'
	'drivers/net/virtio_net.ko' 'drivers/scsi/*' 'drivers/virtio/*' 'drivers/xen/*'
)
HOST_TOOLS=(mmdebstrap qemu-system-x86_64 qemu-img mkfs.ext4 python3 ssh ssh-keygen xz)
[ "$SUITE" = bookworm ] || HOST_TOOLS+=(zstd) # its kernel is packed by zstd

# Everything that shapes the image is in this file, in what dom0's process 1 is to be, and whether it has QEMU.
IMAGE_KEY=$(sha256sum "$LAB_HOME/lib/image.sh" | cut -c1-16)-$SUITE
INIT=${BLKWARDEN_LAB_INIT:-plain}
case $INIT in
plain) DOM0_NAME=xendom0 ;;
# The name that docs/INSTALL.md gives to a dom0, which is followed there.
systemd) DOM0_NAME=dom0-1 IMAGE_KEY+=-systemd PACKAGES+=(systemd-sysv) ;;
*) die_usage "BLKWARDEN_LAB_INIT is '$INIT'; it must be plain or systemd" ;;
esac
# QEMU as a disk backend; most scenarios do without its packages.
case ${BLKWARDEN_LAB_QEMU:-no} in
no) ;;
yes) IMAGE_KEY+=-qemu PACKAGES+=(qemu-system-xen) ;;
*) die_usage "BLKWARDEN_LAB_QEMU is '$BLKWARDEN_LAB_QEMU'; it must be yes or no" ;;
esac
IMAGE=$CACHE/image-$IMAGE_KEY

image_is_built() { [ -e "$IMAGE/complete" ]; }

# The mirror that this machine's own apt uses, where that is a Debian.
image_mirror() {
	local own
	# shellcheck disable=SC2016 # apt's own format, not the shell's
	own=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
		awk '$2 == "bookworm" || $2 == "trixie" { print $1; exit }')
	echo "${BLKWARDEN_LAB_MIRROR:-${own:-$DEFAULT_MIRROR}}"
}

need_host_tools() {
	local tool
	local -a missing=()
	for tool in "${HOST_TOOLS[@]}"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
	[ ${#missing[@]} = 0 ] || skip "${missing[*]} not found; install them with: $LAB_HOME/install-tools"
	[ "$(uname -m)" = x86_64 ] || skip "the lab's image is for x86_64, this is $(uname -m)"
}

build_image() {
	image_is_built && return 0
	need_host_tools
	[ "$(id -u)" = 0 ] || skip "building the root filesystem needs root"
	locked "$CACHE/build.lock" build_image_locked
}

build_image_locked() {
	image_is_built && return 0
	local started=$SECONDS work=$IMAGE.new root=$IMAGE.new/root
	rm -rf --one-file-system "$CACHE"/image-*.new
	mkdir -p "$work"
	debootstrap_root "$root" "$work/build.log"
	say "packages unpacked after $(took "$started")"
	extract_boot_files "$root" "$work"
	initramfs_skeleton "$root" "$work/initramfs-dom0" virtio_pci virtio_blk ext4 ahci sd_mod
	initramfs_skeleton "$root" "$work/initramfs-domu" xen-blkfront
	pack_root "$root" "$work"
	rm -rf --one-file-system "$root"
	touch "$work/complete"
	rm -rf --one-file-system "$IMAGE"
	mv "$work" "$IMAGE"
	say "root filesystem built in $(took "$started") ($(du -m "$IMAGE/root.ext4" | cut -f1) MiB)"
}

debootstrap_root() {
	local root=$1 log=$2 path mirror lib
	local -a options=()
	for path in man doc locale info; do options+=("--dpkgopt=path-exclude=/usr/share/$path/*"); done
	for lib in /lib /usr/lib; do
		options+=("--dpkgopt=path-exclude=$lib/modules/*/kernel/*")
		for path in "${KEPT_MODULES[@]}"; do options+=("--dpkgopt=path-include=$lib/modules/*/kernel/$path*"); done
	done
	[ -r /usr/share/keyrings/debian-archive-keyring.gpg ] &&
		options+=(--keyring=/usr/share/keyrings/debian-archive-keyring.gpg)
	mirror=$(image_mirror)
	# INITRD=No: the lab makes its own initramfs. Nothing is downloaded or kept that is not used.
	(cd "$(dirname "$root")" && INITRD=No timeout 3600 mmdebstrap --verbose --mode=root --variant=essential \
		--aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
		"${options[@]}" --include="$(IFS=,; echo "${PACKAGES[*]}")" \
		"$SUITE" root "$mirror") >"$log" 2>&1 ||
		die "mmdebstrap could not make the root filesystem from $mirror (set BLKWARDEN_LAB_MIRROR for another):" \
			"$(grep -aE '^(E|error):' "$log" | tail -n 2 | cut -c1-300) (log: $log)"
}

# The kernel and the hypervisor, unpacked here so that neither Xen nor xl does it under emulation.
extract_boot_files() {
	local root=$1 out=$2 kernel version
	version=$(basename "$root"/lib/modules/*)
	kernel=$root/boot/vmlinuz-$version
	[ -e "$kernel" ] || die "the root filesystem has no kernel $version (log: $out/build.log)"
	gunzip -c "$root/boot/xen-$XEN_VERSION-amd64.gz" >"$out/xen.elf" || die "the root filesystem has no Xen"
	unpack_bzimage "$kernel" >"$out/vmlinux" || die "$kernel is not an x86 kernel packed by xz or zstd"
	cp "$out/vmlinux" "$root/boot/vmlinux"
	echo "$version" >"$out/kernel-version"
	# Debian 13 packs its modules; the initramfs loads plain ones.
	if [ "$SUITE" = trixie ]; then
		find "$root/lib/modules/$version" -name '*.ko.xz' -exec xz -d {} +
		chroot "$root" depmod "$version" || die "depmod failed"
	fi
}

# The x86 boot protocol (Documentation/x86/boot.rst): setup_sects at 0x1f1, payload_offset and
# payload_length at 0x248; the payload lies after the boot sector and the set-up sectors.
unpack_bzimage() {
	local sectors offset length unpack
	sectors=$(od -An -tu1 -j $((0x1f1)) -N1 "$1")
	read -r offset length < <(od -An -tu4 -j $((0x248)) -N8 "$1")
	offset=$(((sectors + 1) * 512 + offset))
	case $(od -An -tx1 -j "$offset" -N4 "$1") in
	' fd 37 7a 58') unpack=(xz -dc --single-stream) ;;
	' 28 b5 2f fd') unpack=(zstd -dcq) length=$((length - 4)) ;; # followed by its length
	*) return 1 ;;
	esac
	dd if="$1" iflag=skip_bytes,count_bytes skip="$offset" count="$length" bs=1M status=none | "${unpack[@]}"
}

# A directory with busybox and, in load order, the modules that the named ones need.
initramfs_skeleton() {
	local root=$1 dir=$2 version module file
	shift 2
	version=$(basename "$root"/lib/modules/*)
	mkdir -p "$dir"/{bin,proc,sys,dev,newroot,modules,lab,run,tmp}
	cp "$root/bin/busybox" "$dir/bin/busybox"
	ln -s busybox "$dir/bin/sh"
	for module in "$@"; do
		chroot "$root" modprobe -S "$version" --show-depends "$module" || die "the kernel has no module $module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$dir/modules/paths" || exit 1
	while read -r file; do
		cp "$root/$file" "$dir/modules/"
		basename "$file"
	done <"$dir/modules/paths" >"$dir/modules/order"
}

pack_root() {
	local root=$1 out=$2
	mkdir -p "$root/lab" "$root/opt"
	echo "$DOM0_NAME" >"$root/etc/hostname"
	echo "127.0.0.1 localhost $DOM0_NAME" >"$root/etc/hosts"
	# Without one systemd takes each boot for the first, and presets all units again.
	[ "$INIT" != systemd ] || echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
	echo '/dev/vda / ext4 noatime 0 0' >"$root/etc/fstab"
	truncate -s 3G "$out/root.ext4"
	# A throw-away filesystem: no journal, no checksums, nothing that only a second boot would want.
	mkfs.ext4 -q -F -O '^has_journal,^metadata_csum,^64bit' -m 0 -E lazy_itable_init=1 -d "$root" \
		"$out/root.ext4" >"$out/mkfs.log" 2>&1 || die "mkfs.ext4 failed (log: $out/mkfs.log)"
}

# Packs a directory as the kernel wants an initramfs; the image's own busybox has cpio.
pack_initramfs() { (cd "$1" && find . | "$IMAGE/initramfs-dom0/bin/busybox" cpio -o -H newc 2>/dev/null); }
