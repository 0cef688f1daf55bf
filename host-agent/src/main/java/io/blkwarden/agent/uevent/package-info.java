/** The kernel's uevents of devices, from a netlink socket. */
@NullMarked
package io.blkwarden.agent.uevent;

import org.jspecify.annotations.NullMarked;
