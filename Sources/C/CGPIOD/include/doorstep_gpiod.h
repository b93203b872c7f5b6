#pragma once

// GPIO lines through libgpiod, whichever of its two incompatible interfaces is installed: 1.6 (Debian 12) or 2.x
// (Debian 13). No type of libgpiod's crosses this seam. Levels are physical: the caller applies active-low.
// Functions that can fail return a negative errno. None of them waits.
//
// What becomes of edges that nobody reads: 1.6 keeps 16 for each line and drops the newer ones without a word; 2.x keeps
// as many as are asked for here (64 for one line, 1024 for lines that are read together), drops the older ones, and its
// numbers show the gap.
//
// What becomes of an output when its process ends without closing it, or closes it: the kernel gives the line back, and
// whether it stays driven, and how, is up to the chip's driver. Nothing here can promise more; the wiring has to.

#include <stdint.h>

/// One line, or inputs that are read together.
typedef struct doorstep_gpio_lines doorstep_gpio_lines;

/// Lines that are read together at most.
enum { DOORSTEP_GPIO_LIMIT = 8 };

/// A change of an input.
typedef struct {
    /// The kernel's time stamp, nanoseconds on CLOCK_MONOTONIC.
    int64_t time;
    /// Which of the lines that are read together, from 0.
    int line;
    /// The level after it.
    int level;
    /// Counts the edges of its line from 1, those that were dropped too; 0 where the interface does not count (1.6).
    uint32_t sequence;
} doorstep_gpio_edge;

/// "libgpiod 1" or "libgpiod 2": which side of the seam was compiled.
const char *doorstep_gpio_interface(void);

/// Requests inputs with both edges. `chip` is a path ("/dev/gpiochip0"). NULL on failure, with `error` set.
doorstep_gpio_lines *doorstep_gpio_open_inputs(
    const char *chip, const unsigned *offsets, int count, const char *consumer, int *error);

/// Requests an output and drives it to `level` at once. NULL on failure, with `error` set.
doorstep_gpio_lines *doorstep_gpio_open_output(
    const char *chip, unsigned offset, const char *consumer, int level, int *error);

/// Becomes readable when an edge waits on this line; -1 for an output. Lines may share one.
int doorstep_gpio_descriptor(doorstep_gpio_lines *lines, int line);

/// The present level of a line, 0 or 1.
int doorstep_gpio_get(doorstep_gpio_lines *lines, int line);

/// Drives an output.
int doorstep_gpio_set(doorstep_gpio_lines *lines, int level);

/// Takes the oldest edge of all lines: 1 when there was one, 0 when there was none.
int doorstep_gpio_next_edge(doorstep_gpio_lines *lines, doorstep_gpio_edge *edge);

/// Gives the lines back.
void doorstep_gpio_close(doorstep_gpio_lines *lines);
