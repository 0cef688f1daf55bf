package io.blkwarden.agent.mapping.verdict;

import io.blkwarden.agent.mapping.verdict.RolePatterns.RoleVerdict;
import io.blkwarden.model.VolumeRole;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The built-in rules for a volume's role by its name.
 *
 * <p>A name is split into words, which are matched from the last to the first; an image file's
 * extension is removed. Known names: SolusVM ({@code vm104_img}, {@code vm104_swap}), xen-tools
 * ({@code web-disk}, {@code web-swap}, {@code swap.img}), Ganeti ({@code UUID.disk0}, {@code
 * UUID.disk0_data}), OpenStack ({@code UUID_disk.swap}, {@code UUID_disk.eph0}) and Proxmox ({@code
 * vm-104-disk-0}).
 */
final class RoleWords {
  private static final Pattern EXTENSION =
      Pattern.compile(
          "\\.(img|image|raw|bin|qcow2?|qed|vhdx?|avhdx?|vmdk|vdi|dsk|iso)$",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SNAPSHOT = Pattern.compile("@[^@]*$");
  private static final Pattern GANETI =
      Pattern.compile(".*\\.disk([0-9]{1,3})(_data|_meta)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern SEPARATOR = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Pattern NUMBERED = Pattern.compile("(\\p{L}+)([0-9]{1,3})");
  private static final Pattern SWAP_OF_NUMBER = Pattern.compile("[\\p{L}\\p{N}]*[0-9]swap");

  private static final Map<VolumeRole, Set<String>> WORDS =
      Map.of(
          VolumeRole.SWAP,
          words(
              "swap swp swapfile swapdisk swapdev swapfs swapimg swaplv swappart"
                  + " swapspace swapvol lvswap pagefile paging"),
          VolumeRole.ROOT,
          words(
              "root rootfs rootdisk rootdev rootimg rootlv rootpart rootvol lvroot"
                  + " system sysdisk sys boot bootdisk os osdisk"),
          VolumeRole.DATA,
          words(
              "data datadisk datalv datavol lvdata cidata cloudinit config configdrive"
                  + " ephemeral eph home modules scratch seed tmp var"));

  /** Words for any disk; the first one of a guest is its root disk. */
  private static final Set<String> ANY_DISK = Set.of("disk", "hdd", "image", "img", "vdisk");

  private static final Set<String> FIRST_DISK = Set.of("hda", "sda", "vda", "xvda");

  private RoleWords() {}

  private static Set<String> words(String separated) {
    return Set.of(separated.split(" "));
  }

  /** The role and the word that matched; empty without a match. */
  static Optional<RoleVerdict> of(String name) {
    String stem = EXTENSION.matcher(SNAPSHOT.matcher(name).replaceFirst("")).replaceFirst("");
    Matcher ganeti = GANETI.matcher(stem);
    if (ganeti.matches()) {
      VolumeRole role = Integer.parseInt(ganeti.group(1)) == 0 ? VolumeRole.ROOT : VolumeRole.DATA;
      return Optional.of(verdict(role, "disk" + ganeti.group(1)));
    }
    return ofWords(SEPARATOR.split(stem.toLowerCase(Locale.ROOT), -1));
  }

  private static Optional<RoleVerdict> ofWords(String[] words) {
    boolean last = true;
    int index = 0;
    for (int n = words.length - 1; n >= 0; n--) {
      String word = words[n];
      if (word.isEmpty()) {
        continue;
      }
      if (word.matches("[0-9]{1,3}")) {
        index = Integer.parseInt(word);
        continue;
      }
      Matcher numbered = NUMBERED.matcher(word);
      if (numbered.matches()) {
        word = numbered.group(1);
        index = Integer.parseInt(numbered.group(2));
      }
      VolumeRole role = role(word);
      if (role == VolumeRole.SWAP || (role != null && last)) {
        return Optional.of(verdict(role, word));
      }
      if (last && (ANY_DISK.contains(word) || FIRST_DISK.contains(word))) {
        return Optional.of(ofAnyDisk(words, n, word, index));
      }
      last = false;
    }
    return Optional.empty();
  }

  /** {@code web-swap-disk} is swap, {@code web-disk} and {@code vm-104-disk-0} are root disks. */
  private static RoleVerdict ofAnyDisk(String[] words, int at, String word, int index) {
    VolumeRole before = at == 0 ? null : role(words[at - 1]);
    if (before != null) {
      return verdict(before, words[at - 1]);
    }
    boolean first = index == 0 || FIRST_DISK.contains(word);
    return verdict(first ? VolumeRole.ROOT : VolumeRole.DATA, first ? word : word + index);
  }

  private static @Nullable VolumeRole role(String word) {
    for (Map.Entry<VolumeRole, Set<String>> known : WORDS.entrySet()) {
      if (known.getValue().contains(word)) {
        return known.getKey();
      }
    }
    return SWAP_OF_NUMBER.matcher(word).matches() ? VolumeRole.SWAP : null;
  }

  private static RoleVerdict verdict(VolumeRole role, String word) {
    return new RoleVerdict(role, "name: " + word);
  }
}
