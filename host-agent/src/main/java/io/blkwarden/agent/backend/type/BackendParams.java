package io.blkwarden.agent.backend.type;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a backend's {@code params} that may be published.
 *
 * <p>{@code params} is free text of the toolstack: a path, a QEMU format and a path, a URL, a Ceph
 * image with options, or arguments of a block script. It may contain keys and passwords. So each
 * form has an allow list: names, hosts, ports and paths. Everything else is removed: user
 * information, queries, options, and the rest of a name after an unexpected character. Of an
 * unknown form only the scheme remains.
 *
 * <p>Sources of the forms: libxl ({@code libxl_disk.c}), libvirt ({@code libxl_conf.c}), QEMU
 * ({@code qemu-block-drivers(7)}) and Xen's block scripts ({@code tools/hotplug/Linux/block*}).
 */
public final class BackendParams {
  /** Formats and drivers that prefix a path or another form. */
  private static final Set<String> FORMATS =
      words(
          "aio block cow fat file host_cdrom host_device ioemu iso luks phy qcow qcow2"
              + " qed ram raw rw sync tap tap2 tapdisk vdi vhd vhdx vmdk vpc");

  /** Schemes of names such as {@code pool/image}; options follow a colon. */
  private static final Set<String> NAMED =
      Set.of("btrfs", "ceph", "drbd", "lvm", "lvmthin", "rbd", "sheepdog", "zfs", "zvol");

  /** Schemes of URLs whose path is an export, a target or an image, and not secret. */
  private static final Set<String> STORAGE_URLS =
      words(
          "ceph gluster gluster+tcp gluster+unix iscsi iser nbd nbd+unix nbds nbds+unix"
              + " nfs rbd sheepdog ssh sftp");

  private static final Set<String> SHOWN_OPTIONS =
      Set.of("dataset", "image", "iqn", "lun", "lv", "pool", "portal", "target", "vg");

  // Repeated groups are possessive: others use stack for each repetition, and params can be long.
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+_.-]{0,31}):(.*)");
  private static final Pattern NAMES =
      Pattern.compile("[\\p{L}\\p{N}._+@-]++(?:/[\\p{L}\\p{N}._+@-]++)*+");
  private static final Pattern PATH = Pattern.compile("(?:/[\\p{L}\\p{N}._+@~%-]*+)++");
  private static final Pattern UDEV_PATH =
      Pattern.compile("/dev/disk/by-[a-z]+/[\\p{L}\\p{N}._+@~%:,-]+");
  private static final Pattern DEVICE =
      Pattern.compile("(sd|hd|vd|xvd|md|dm-|drbd|nvme|loop|rbd|zd|mmcblk|nbd)[a-z0-9]{0,16}");
  private static final Pattern AUTHORITY = Pattern.compile("[^/?#]*+");
  private static final Pattern URL_PATH = Pattern.compile("[^?#]*+");
  private static final Pattern HOST =
      Pattern.compile("([\\p{L}\\p{N}._-]+|\\[[0-9a-fA-F:.]+])?(:[0-9]{1,5})?");
  private static final Pattern TARGET =
      Pattern.compile("iqn\\.[0-9]{4}-[0-9]{2}\\.[\\p{L}\\p{N}.-]+(:[\\p{L}\\p{N}._-]+)?");
  private static final Pattern IMAGE_FILE =
      Pattern.compile(
          "[\\p{L}\\p{N}._+-]{1,64}\\.(img|iso|raw|qcow2?|vhdx?|vmdk|dsk)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern OPTION_VALUE = Pattern.compile("[\\p{L}\\p{N}._:/\\[\\]-]+");
  private static final Pattern NBD_EXPORT =
      Pattern.compile("exportname=([\\p{L}\\p{N}._+/-]+)(:.*)?");
  private static final int MAX_NESTED = 4;

  private static final Pattern BLOCK_DEVICE =
      Pattern.compile("(?:[A-Za-z0-9_+.-]{1,32}:){0,3}/dev/([^:,?\\s]{1,512})");

  private BackendParams() {}

  private static Set<String> words(String separated) {
    return Set.of(separated.split(" "));
  }

  /** The block device that the publishable part of params names, below {@code /dev/}. */
  public static Optional<String> device(String shown) {
    Matcher named = BLOCK_DEVICE.matcher(shown);
    return named.matches() ? Optional.of(named.group(1)) : Optional.empty();
  }

  /** The publishable part of params; may be empty. */
  public static String shown(String params) {
    return shown(params.strip(), 0);
  }

  /**
   * The file or device in dom0 that the publishable part of params names; absent for other forms.
   */
  public static @Nullable String file(String shown) {
    String rest = shown;
    for (int depth = 0; depth <= MAX_NESTED; depth++) {
      if (rest.startsWith("/")) {
        return rest;
      }
      int colon = rest.indexOf(':');
      String scheme = rest.substring(0, Math.max(0, colon));
      if (!FORMATS.contains(scheme) && !scheme.equals("json")) {
        return null;
      }
      rest = rest.substring(colon + 1);
    }
    return null;
  }

  private static String shown(String text, int depth) {
    if (text.startsWith("/")) {
      return path(text);
    }
    if (text.startsWith("iqn.")) {
      return start(TARGET, text);
    }
    Matcher scheme = SCHEME.matcher(text);
    if (!scheme.matches() || scheme.group(1).contains("=")) {
      return plain(text);
    }
    String name = scheme.group(1);
    String rest = scheme.group(2);
    if (rest.startsWith("//")) {
      return url(name, rest.substring(2));
    }
    return name + ":" + afterScheme(name, rest, depth);
  }

  private static String afterScheme(String scheme, String rest, int depth) {
    if (FORMATS.contains(scheme)) {
      return depth < MAX_NESTED ? shown(rest, depth + 1) : "";
    }
    if (NAMED.contains(scheme)) {
      return rest.startsWith("/") ? path(rest) : start(NAMES, rest);
    }
    return switch (scheme) {
      case "nbd" -> nbd(rest);
      case "iscsi" -> rest.startsWith("iqn.") ? start(TARGET, rest) : options(rest);
      case "json" -> json(rest, depth);
      default -> "";
    };
  }

  private static String path(String text) {
    Matcher udev = UDEV_PATH.matcher(text);
    return udev.matches() ? text : start(PATH, text);
  }

  /** The longest prefix of this form. */
  private static String start(Pattern form, String text) {
    Matcher matcher = form.matcher(text);
    return matcher.lookingAt() ? matcher.group() : "";
  }

  /** Text without a scheme: {@code vg/lv}, {@code sda5}, or options of a script. */
  private static String plain(String text) {
    if (text.contains("=")) {
      return options(text);
    }
    boolean volume = text.contains("/") && NAMES.matcher(text).matches();
    return volume || DEVICE.matcher(text).matches() ? text : "";
  }

  private static String options(String text) {
    StringBuilder shown = new StringBuilder();
    for (String option : text.split("[,;\\s]", -1)) {
      int equals = option.indexOf('=');
      if (equals > 0
          && SHOWN_OPTIONS.contains(option.substring(0, equals))
          && OPTION_VALUE.matcher(option.substring(equals + 1)).matches()) {
        shown.append(shown.isEmpty() ? "" : ",").append(option);
      }
    }
    return shown.toString();
  }

  private static String url(String scheme, String rest) {
    String bare = scheme + "://";
    String authority = start(AUTHORITY, rest);
    String path = rest.substring(authority.length());
    String host = authority.substring(authority.lastIndexOf('@') + 1);
    if (path.indexOf('@') >= 0 || !HOST.matcher(host).matches()) {
      return bare; // may be a password with a slash
    }
    if (scheme.equals("file")) {
      return bare + host + path(path);
    }
    if (STORAGE_URLS.contains(scheme)) {
      return bare + host + target(path);
    }
    return bare + host + imageFile(path);
  }

  /** The path of a storage URL; an iSCSI target contains colons. */
  private static String target(String path) {
    String inner = path.startsWith("/") ? path.substring(1) : path;
    if (inner.startsWith("iqn.")) {
      String target = start(TARGET, inner);
      Matcher lun = Pattern.compile("/[0-9]{1,5}").matcher(inner.substring(target.length()));
      return "/" + target + (lun.lookingAt() ? lun.group() : "");
    }
    return start(PATH, path);
  }

  /** The last part of a web address, if it names an image; other parts may be tokens. */
  private static String imageFile(String path) {
    String only = start(URL_PATH, path);
    int slash = only.lastIndexOf('/');
    String name = only.substring(slash + 1);
    return IMAGE_FILE.matcher(name).matches() ? (slash > 0 ? "/.../" : "/") + name : "";
  }

  /** {@code HOST:PORT:exportname=NAME} or {@code unix:PATH:exportname=NAME}. */
  private static String nbd(String rest) {
    if (rest.startsWith("/")) {
      return path(rest);
    }
    boolean unix = rest.startsWith("unix:");
    String server =
        unix ? "unix:" + start(PATH, rest.substring("unix:".length())) : start(HOST, rest);
    String after = rest.substring(server.length());
    boolean credentials = !unix && rest.indexOf('@') >= 0;
    if (credentials || !(after.isEmpty() || after.startsWith(":"))) {
      return "";
    }
    Matcher export = NBD_EXPORT.matcher(after.isEmpty() ? "" : after.substring(1));
    return export.matches() ? server + ":exportname=" + export.group(1) : server;
  }

  /** The file or image name in QEMU's JSON. */
  private static String json(String text, int depth) {
    String file = field(text, "filename");
    if (!file.isEmpty() && depth < MAX_NESTED) {
      return shown(file, depth + 1);
    }
    String pool = field(text, "pool");
    String image = field(text, "image");
    return pool.isEmpty() || image.isEmpty()
        ? ""
        : "rbd:" + start(NAMES, pool) + "/" + start(NAMES, image);
  }

  private static String field(String json, String name) {
    Matcher field =
        Pattern.compile("\"(?:[a-z]++\\.)*+" + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(json);
    return field.find() ? field.group(1) : "";
  }
}
