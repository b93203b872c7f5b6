#pragma once

// One GPIO line through libgpiod, whichever of its two incompatible interfaces is installed: 1.6 (Debian 12) or 2.x
// (Debian 13). No type of libgpiod's crosses this seam. Levels are physical: the caller applies active-low.
// Functions that can fail return a negative errno. None of them waits.

#include <stdint.h>

typedef struct doorstep_gpio_line doorstep_gpio_line;

/// A change of an input.
typedef struct {
    /// The kernel's time stamp, nanoseconds on CLOCK_MONOTONIC.
    int64_t time;
    /// The level after it.
    int level;
} doorstep_gpio_edge;

/// "libgpiod 1" or "libgpiod 2": which side of the seam was compiled.
const char *doorstep_gpio_interface(void);

/// Requests an input with both edges. `chip` is a path ("/dev/gpiochip0"). NULL on failure, with `error` set.
doorstep_gpio_line *doorstep_gpio_open_input(const char *chip, unsigned offset, const char *consumer, int *error);

/// Requests an output and drives it to `level` at once. NULL on failure, with `error` set.
doorstep_gpio_line *doorstep_gpio_open_output(
    const char *chip, unsigned offset, const char *consumer, int level, int *error);

/// Becomes readable when an edge waits; -1 for an output.
int doorstep_gpio_descriptor(doorstep_gpio_line *line);

/// The present level, 0 or 1.
int doorstep_gpio_get(doorstep_gpio_line *line);

/// Drives an output.
int doorstep_gpio_set(doorstep_gpio_line *line, int level);

/// Takes the oldest edge: 1 when there was one, 0 when there was none.
int doorstep_gpio_next_edge(doorstep_gpio_line *line, doorstep_gpio_edge *edge);

/// Gives the line back.
void doorstep_gpio_close(doorstep_gpio_line *line);
