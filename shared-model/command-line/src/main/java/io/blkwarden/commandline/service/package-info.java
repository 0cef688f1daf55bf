/** How a program tells the service manager that started it how it stands. */
@NullMarked
package io.blkwarden.commandline.service;

import org.jspecify.annotations.NullMarked;
