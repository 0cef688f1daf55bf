/** Samples: cumulative counters of a host's disks in columns, and their binary codec. */
@NullMarked
package io.blkwarden.model.sample;

import org.jspecify.annotations.NullMarked;
