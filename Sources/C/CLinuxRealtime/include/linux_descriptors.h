#pragma once

// Calls on descriptors that `import Glibc` does not show (behind _GNU_SOURCE). A negative result is an errno.

#include <stddef.h>

/// Opens the master side of a new pseudo-terminal, non-blocking, and writes the terminal side's path to `name`.
int doorstep_pty_open(char *name, size_t size);

/// Accepts a connection that waits, non-blocking.
int doorstep_accept(int listener);
