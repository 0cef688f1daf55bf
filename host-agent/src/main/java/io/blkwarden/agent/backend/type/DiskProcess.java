package io.blkwarden.agent.backend.type;

import io.blkwarden.agent.backend.type.OpenFiles.Image;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Worker;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process that serves guest disks, with the disks that its open files prove.
 *
 * @param workers its threads, the main thread first; each may do I/O of each of its disks
 * @param rings disks whose rings it has open, of a tapdisk
 * @param tapdevs devices that it serves to blkback, of a tapdisk
 * @param guest the only domain that it serves, of a QEMU
 * @param images files and block devices that it has open
 */
public record DiskProcess(
    List<Worker> workers,
    Set<Ring> rings,
    Set<DeviceNumber> tapdevs,
    @Nullable Integer guest,
    Set<Image> images) {
  /**
   * A ring.
   *
   * @param domid domain number of the disk
   * @param handle virtual device number of the disk
   */
  public record Ring(int domid, int handle) {}

  public DiskProcess {
    workers = List.copyOf(workers);
    rings = Set.copyOf(rings);
    tapdevs = Set.copyOf(tapdevs);
    images = Set.copyOf(images);
  }

  /**
   * Whether it serves a disk.
   *
   * @param device block device that blkback has opened, or that {@code params} name
   * @param file file that {@code params} name
   */
  public boolean serves(BackendId id, @Nullable DeviceNumber device, @Nullable String file) {
    return switch (id.kind()) {
      case VBD -> device != null && tapdevs.contains(device);
      case VBD3 -> rings.contains(new Ring(id.domid(), id.handle()));
      case QDISK ->
          guest != null
              && guest == id.domid()
              && images.stream().anyMatch(image -> isOf(image, device, file));
      case TAP -> false;
    };
  }

  /**
   * The image of a disk that it serves; empty when it has none or cannot be told from others. A
   * tapdisk has the last image of a chain open for writing, and its parents for reading.
   *
   * @param device block device that {@code params} of a qdisk name
   * @param file file that they name
   */
  public Optional<Image> image(@Nullable DeviceNumber device, @Nullable String file) {
    Set<Image> open = images;
    if (guest != null) {
      open = images.stream().filter(each -> isOf(each, device, file)).collect(Collectors.toSet());
    }
    Set<Image> writable = open.stream().filter(Image::writable).collect(Collectors.toSet());
    Set<Image> found = writable.isEmpty() ? open : writable;
    return found.size() == 1 ? Optional.of(found.iterator().next()) : Optional.empty();
  }

  private static boolean isOf(Image image, @Nullable DeviceNumber device, @Nullable String file) {
    return device == null ? image.path().equals(file) : device.equals(image.device());
  }
}
