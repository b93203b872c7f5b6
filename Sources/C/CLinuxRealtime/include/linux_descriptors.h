#pragma once

// Calls on descriptors that `import Glibc` does not show (behind _GNU_SOURCE). A negative result is an errno.

#include <stddef.h>

/// Opens the master side of a new pseudo-terminal, non-blocking, and writes the terminal side's path to `name`.
int doorstep_pty_open(char *name, size_t size);

/// Sets any rate in bit/s on a terminal (termios2 with BOTHER); 0 or a negative errno.
int doorstep_tty_set_rate(int descriptor, unsigned rate);

/// The rate that a terminal is set to, bit/s; seen from either end of a pseudo-terminal.
int doorstep_tty_rate(int descriptor);

/// Sets how many seconds a watchdog waits for a sign of life, and returns what it makes of them: drivers round.
int doorstep_watchdog_set_timeout(int descriptor, int seconds);

/// The seconds that a watchdog waits, for drivers whose time cannot be set.
int doorstep_watchdog_timeout(int descriptor);

/// A sign of life for a watchdog.
int doorstep_watchdog_keep_alive(int descriptor);

/// Accepts a connection that waits, non-blocking.
int doorstep_accept(int listener);

/// Refuses further opens of a terminal (TIOCEXCL), or allows them again; root gets in all the same. 0 or a negative errno.
int doorstep_tty_set_exclusive(int descriptor, int on);
