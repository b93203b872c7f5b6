#include "doorstep_gpiod.h"

#include <gpiod.h>

// Only the 1.x header has this limit.
#ifdef GPIOD_LINE_BULK_MAX_LINES

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct doorstep_gpio_lines {
    struct gpiod_chip *chip;
    struct gpiod_line *line[DOORSTEP_GPIO_LIMIT];
    // Each line has a queue of its own: the first edge of each is held here to find the oldest of all.
    doorstep_gpio_edge first[DOORSTEP_GPIO_LIMIT];
    int has_first[DOORSTEP_GPIO_LIMIT];
    int count;
    int is_input;
};

const char *doorstep_gpio_interface(void) { return "libgpiod 1"; }

static doorstep_gpio_lines *open_lines(
    const char *chip, const unsigned *offsets, int count, const char *consumer, int is_input, int level, int *error) {
    if (count < 1 || count > DOORSTEP_GPIO_LIMIT) {
        *error = -EINVAL;
        return NULL;
    }
    doorstep_gpio_lines *result = calloc(1, sizeof *result);
    if (result == NULL) {
        *error = -ENOMEM;
        return NULL;
    }
    result->is_input = is_input;
    result->count = count;
    errno = 0;
    int failed = (result->chip = gpiod_chip_open(chip)) == NULL;
    struct gpiod_line_bulk bulk = GPIOD_LINE_BULK_INITIALIZER;
    for (int i = 0; i < count && !failed; i++) {
        result->line[i] = gpiod_chip_get_line(result->chip, offsets[i]);
        if (result->line[i] == NULL) failed = 1;
        else gpiod_line_bulk_add(&bulk, result->line[i]);
    }
    if (!failed) {
        failed = is_input ? gpiod_line_request_bulk_both_edges_events(&bulk, consumer) < 0
                          : gpiod_line_request_output(result->line[0], consumer, level) < 0;
    }
    if (!failed) return result;
    *error = errno != 0 ? -errno : -EIO;
    if (result->chip != NULL) gpiod_chip_close(result->chip);
    free(result);
    return NULL;
}

doorstep_gpio_lines *doorstep_gpio_open_inputs(
    const char *chip, const unsigned *offsets, int count, const char *consumer, int *error) {
    return open_lines(chip, offsets, count, consumer, 1, 0, error);
}

doorstep_gpio_lines *doorstep_gpio_open_output(
    const char *chip, unsigned offset, const char *consumer, int level, int *error) {
    return open_lines(chip, &offset, 1, consumer, 0, level, error);
}

int doorstep_gpio_descriptor(doorstep_gpio_lines *lines, int line) {
    return lines->is_input ? gpiod_line_event_get_fd(lines->line[line]) : -1;
}

int doorstep_gpio_get(doorstep_gpio_lines *lines, int line) {
    int value = gpiod_line_get_value(lines->line[line]);
    return value < 0 ? -errno : value;
}

int doorstep_gpio_set(doorstep_gpio_lines *lines, int level) {
    return gpiod_line_set_value(lines->line[0], level) < 0 ? -errno : 0;
}

// Takes the first edge of a line out of the kernel, unless it is out already.
static int fetch(doorstep_gpio_lines *lines, int line) {
    if (lines->has_first[line]) return 1;
    struct timespec now = {0, 0};
    int waiting = gpiod_line_event_wait(lines->line[line], &now);
    if (waiting <= 0) return waiting < 0 ? -errno : 0;
    struct gpiod_line_event event;
    if (gpiod_line_event_read(lines->line[line], &event) < 0) return -errno;
    doorstep_gpio_edge *edge = &lines->first[line];
    edge->time = (int64_t)event.ts.tv_sec * 1000000000 + event.ts.tv_nsec;
    edge->line = line;
    edge->level = event.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
    edge->sequence = 0;
    lines->has_first[line] = 1;
    return 1;
}

int doorstep_gpio_next_edge(doorstep_gpio_lines *lines, doorstep_gpio_edge *edge) {
    if (!lines->is_input) return 0;
    // Twice: a line that was looked at first may have an older edge than the one that was found behind it.
    int found = 0;
    for (int pass = 0; pass < (lines->count > 1 ? 2 : 1); pass++) {
        for (int i = 0; i < lines->count; i++) {
            int result = fetch(lines, i);
            if (result < 0) return result;
            found |= result;
        }
        if (!found) return 0;
    }
    int oldest = -1;
    for (int i = 0; i < lines->count; i++) {
        if (lines->has_first[i] && (oldest < 0 || lines->first[i].time < lines->first[oldest].time)) oldest = i;
    }
    *edge = lines->first[oldest];
    lines->has_first[oldest] = 0;
    return 1;
}

void doorstep_gpio_close(doorstep_gpio_lines *lines) {
    // Lines of one request are released one by one.
    for (int i = 0; i < lines->count; i++) gpiod_line_release(lines->line[i]);
    gpiod_chip_close(lines->chip);
    free(lines);
}

#endif
