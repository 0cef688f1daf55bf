"""Uses up N domids: creates and destroys N empty PV domains by hypercall, without xenstore."""

import ctypes
import sys

XEN_VERSION = "4.17"  # the layout below is specific to this release: xen/include/public/domctl.h


class CreateDomain(ctypes.Structure):
    """struct xen_domctl_createdomain, including x86's struct xen_arch_domainconfig."""

    _fields_ = [
        ("ssidref", ctypes.c_uint32),
        ("handle", ctypes.c_uint8 * 16),
        ("flags", ctypes.c_uint32),
        ("iommu_opts", ctypes.c_uint32),
        ("max_vcpus", ctypes.c_uint32),
        ("max_evtchn_port", ctypes.c_uint32),
        ("max_grant_frames", ctypes.c_int32),
        ("max_maptrack_frames", ctypes.c_int32),
        ("grant_opts", ctypes.c_uint32),
        ("vmtrace_size", ctypes.c_uint32),
        ("cpupool_id", ctypes.c_uint32),
        ("emulation_flags", ctypes.c_uint32),
        ("misc_flags", ctypes.c_uint32),
    ]


def main(count):
    xenctrl = ctypes.CDLL(f"libxenctrl.so.{XEN_VERSION}", use_errno=True)
    xenctrl.xc_interface_open.restype = ctypes.c_void_p
    xenctrl.xc_domain_create.argtypes = [
        ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint32), ctypes.POINTER(CreateDomain)]
    xenctrl.xc_domain_destroy.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    handle = xenctrl.xc_interface_open(None, None, 0)
    if not handle:
        sys.exit("burn-domids: no access to the hypervisor")
    domid = ctypes.c_uint32(0)
    for _ in range(count):
        config = CreateDomain(
            max_vcpus=1, max_evtchn_port=1023, max_grant_frames=-1, max_maptrack_frames=-1, grant_opts=2)
        domid = ctypes.c_uint32(0)
        if xenctrl.xc_domain_create(handle, domid, config) != 0:
            sys.exit(f"burn-domids: could not create a domain, errno {ctypes.get_errno()}")
        if xenctrl.xc_domain_destroy(handle, domid) != 0:
            sys.exit(f"burn-domids: could not destroy domain {domid.value}, errno {ctypes.get_errno()}")
    print(domid.value)


main(int(sys.argv[1]))
