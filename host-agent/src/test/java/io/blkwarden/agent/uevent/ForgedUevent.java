package io.blkwarden.agent.uevent;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A forged uevent, sent only to sockets of this process.
 *
 * @param sent number of receiving sockets
 * @param forbidden number of sends denied by the kernel
 */
record ForgedUevent(int sent, int forbidden) {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int NETLINK_KOBJECT_UEVENT = 15;

  static ForgedUevent sendToOwnListeners(String header) throws Throwable {
    int sent = 0;
    int forbidden = 0;
    for (int port : ownListeners()) {
      if (send(port, header)) {
        sent++;
      } else {
        forbidden++;
      }
    }
    return new ForgedUevent(sent, forbidden);
  }

  /** Port ids of this process's sockets in the kernel's uevent group, from /proc/net/netlink. */
  private static List<Integer> ownListeners() throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.isSymbolicLink(descriptor)) {
          inodes.add(Files.readSymbolicLink(descriptor).toString());
        }
      }
    }
    List<Integer> ports = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/net/netlink"))) {
      // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
      String[] column = line.strip().split("\\s+", -1);
      if (column[1].equals("15")
          && column[3].equals("00000001")
          && inodes.contains("socket:[" + column[9] + "]")) {
        ports.add(Integer.parseUnsignedInt(column[2]));
      }
    }
    return ports;
  }

  // system calls that only the test uses
  @SuppressWarnings("restricted")
  private static MethodHandle find(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  private static boolean send(int port, String header) throws Throwable {
    var anInt = ValueLayout.JAVA_INT;
    var aLong = ValueLayout.JAVA_LONG;
    var pointer = ValueLayout.ADDRESS;
    MethodHandle socket = find("socket", FunctionDescriptor.of(anInt, anInt, anInt, anInt));
    MethodHandle close = find("close", FunctionDescriptor.of(anInt, anInt));
    MethodHandle sendto =
        find("sendto", FunctionDescriptor.of(aLong, anInt, pointer, aLong, anInt, pointer, anInt));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(12, 4);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
      address.set(anInt, 4, port);
      MemorySegment message =
          arena.allocateFrom(
              header + "\0ACTION=add\0DEVPATH=/devices/forged\0SUBSYSTEM=block\0SEQNUM=1");
      int fd = (int) socket.invokeExact(AF_NETLINK, SOCK_DGRAM_CLOEXEC, NETLINK_KOBJECT_UEVENT);
      long sent = (long) sendto.invokeExact(fd, message, message.byteSize(), 0, address, 12);
      int _ = (int) close.invokeExact(fd);
      return sent == message.byteSize();
    }
  }
}
