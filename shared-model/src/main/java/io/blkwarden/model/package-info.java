/** The data model shared by host agent, controller and clients: immutable, validated values. */
@NullMarked
package io.blkwarden.model;

import org.jspecify.annotations.NullMarked;
