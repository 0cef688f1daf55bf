package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;
import java.util.List;

/**
 * Something about a disk changed, other than who serves it: a name, its volume, a scheduler below
 * it, its labels.
 *
 * @param origin host, boot, revision and time
 * @param disk the disk as it is known now
 * @param changed what is different: {@code domain} (its name), {@code mode}, {@code volume}, {@code
 *     role}, {@code devices} (other physical devices), {@code scheduler} (theirs, and the verdict),
 *     {@code labels}; readers ignore words that they do not know
 */
public record DiskChanged(
    @JsonUnwrapped MappingOrigin origin, MappedDisk disk, List<String> changed)
    implements MappingEvent {
  public DiskChanged {
    Require.present(origin, "origin");
    Require.present(disk, "disk");
    changed = Require.list(changed, 16, "changed");
    changed.forEach(word -> Require.text(word, 32, "changed"));
  }

  @JsonIgnore
  @Override
  public String event() {
    return "disk-changed";
  }
}
