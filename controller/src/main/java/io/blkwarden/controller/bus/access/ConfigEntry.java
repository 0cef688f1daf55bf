package io.blkwarden.controller.bus.access;

import java.util.List;

/**
 * A key of a nats-server configuration and its place in the text.
 *
 * @param path keys of the maps around it, the outermost first
 * @param key without quotes
 * @param value without quotes; empty for a map or an array
 * @param start offset of the key
 * @param end offset behind the value
 */
record ConfigEntry(List<String> path, String key, String value, int start, int end) {
  ConfigEntry {
    path = List.copyOf(path);
  }
}
