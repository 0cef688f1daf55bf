package io.blkwarden.controller.history;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Series of the last minutes.
 *
 * @param endMs time of the last value, in ms since 1970
 * @param stepMs time between two values
 * @param lines values by name, the oldest first, all of the same length; null where unknown
 */
public record Chart(long endMs, long stepMs, Map<String, List<@Nullable Double>> lines) {}
