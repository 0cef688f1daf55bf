# shellcheck shell=bash
# A Debian 12 with its own systemd, in a directory with separate namespaces. Changes nothing outside. Needs root.
# Source common.sh first.
#   debian_can_run      fails with the reason if this machine cannot run it
#   debian_start NAME   boots it with this host name; sets DEBIAN to its directory, INSIDE to a command prefix
#   debian_stop         stops it and removes its directory, if started
# mmdebstrap creates the base system once, in BLKWARDEN_PACKAGES_DIR (~/.cache/blkwarden/packages).

DEBIAN=""
INSIDE=()
DEBIAN_INIT=""
DEBIAN_UNSHARED=""
DEBIAN_PACKAGES=systemd,systemd-sysv,dbus,passwd,iproute2,nats-server,openssl,curl,rpm

debian_make() { # TAR
  local tar="$1" cache="${1%/*}"
  [[ ! -s "$tar" ]] || return 0
  need_command mmdebstrap mmdebstrap
  mkdir -p "$cache"
  rm -f "$cache"/bookworm-*.tar
  mmdebstrap --quiet --mode=root --variant=essential --aptopt='APT::Install-Recommends "false"' \
    --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --include="$DEBIAN_PACKAGES" \
    bookworm "$cache/new.tar" >"$cache/log" 2>&1 || die "mmdebstrap failed" "log: $cache/log"
  mv "$cache/new.tar" "$tar"
}

debian_can_run() {
  [[ $EUID == 0 ]] || die "only root can create namespaces and run mmdebstrap"
  unshare --pid --mount --uts --ipc --net --cgroup --fork mount -t cgroup2 cgroup /sys/fs/cgroup ||
    die "cannot mount cgroups in a namespace, which systemd requires"
}

debian_start() { # NAME
  local tar="${BLKWARDEN_PACKAGES_DIR:-$HOME/.cache/blkwarden/packages}" tries
  tar+="/bookworm-$(cksum <<<"$DEBIAN_PACKAGES" | cut -d' ' -f1).tar"
  debian_can_run
  debian_make "$tar"
  DEBIAN="$(mktemp -d)"
  tar -C "$DEBIAN" -xf "$tar"
  echo "$1" >"$DEBIAN/etc/hostname"
  # shellcheck disable=SC2016 # expanded by the inner shell
  unshare --pid --mount --uts --ipc --net --cgroup --fork bash -c '
    set -e
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"
    mount -t sysfs sysfs "$1/sys"
    mount -t cgroup2 cgroup "$1/sys/fs/cgroup"
    mount -t tmpfs run "$1/run"
    mount -t tmpfs tmp "$1/tmp"
    mount --rbind /dev "$1/dev"
    hostname "$2"
    exec chroot "$1" /usr/bin/env -i container=other PATH=/usr/sbin:/usr/bin /lib/systemd/systemd
  ' - "$DEBIAN" "$1" </dev/null >"$DEBIAN.log" 2>&1 &
  DEBIAN_UNSHARED=$!
  for ((tries = 0; tries < 300; tries++)); do
    DEBIAN_INIT="$(cat "/proc/$DEBIAN_UNSHARED/task/$DEBIAN_UNSHARED/children" 2>/dev/null || true)"
    DEBIAN_INIT="${DEBIAN_INIT%% *}"
    INSIDE=(nsenter -t "$DEBIAN_INIT" -m -p -u -i -n -C -r -w --)
    if [[ -n "$DEBIAN_INIT" ]] && "${INSIDE[@]}" systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; then
      "${INSIDE[@]}" ip link set lo up
      return 0
    fi
    sleep 0.2
  done
  die "systemd did not start in $DEBIAN" "$(tail -n 5 "$DEBIAN.log")"
}

debian_stop() {
  [[ -z "$DEBIAN_INIT" ]] || kill -9 "$DEBIAN_INIT" 2>/dev/null || true
  [[ -z "$DEBIAN_UNSHARED" ]] || wait "$DEBIAN_UNSHARED" 2>/dev/null || true
  [[ -z "$DEBIAN" ]] || rm -rf --one-file-system "$DEBIAN" "$DEBIAN.log"
  DEBIAN="" DEBIAN_INIT="" DEBIAN_UNSHARED=""
}
