#include "doorstep_gpiod.h"

#include <gpiod.h>

// Only the 1.x header has this limit.
#ifdef GPIOD_LINE_BULK_MAX_LINES

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct doorstep_gpio_line {
    struct gpiod_chip *chip;
    struct gpiod_line *line;
    int is_input;
};

const char *doorstep_gpio_interface(void) { return "libgpiod 1"; }

static doorstep_gpio_line *open_line(
    const char *chip, unsigned offset, const char *consumer, int is_input, int level, int *error) {
    doorstep_gpio_line *result = calloc(1, sizeof *result);
    if (result == NULL) {
        *error = -ENOMEM;
        return NULL;
    }
    result->is_input = is_input;
    errno = 0;
    result->chip = gpiod_chip_open(chip);
    if (result->chip != NULL) result->line = gpiod_chip_get_line(result->chip, offset);
    if (result->line != NULL) {
        int failed = is_input ? gpiod_line_request_both_edges_events(result->line, consumer)
                              : gpiod_line_request_output(result->line, consumer, level);
        if (failed == 0) return result;
    }
    *error = errno != 0 ? -errno : -EIO;
    if (result->chip != NULL) gpiod_chip_close(result->chip);
    free(result);
    return NULL;
}

doorstep_gpio_line *doorstep_gpio_open_input(const char *chip, unsigned offset, const char *consumer, int *error) {
    return open_line(chip, offset, consumer, 1, 0, error);
}

doorstep_gpio_line *doorstep_gpio_open_output(
    const char *chip, unsigned offset, const char *consumer, int level, int *error) {
    return open_line(chip, offset, consumer, 0, level, error);
}

int doorstep_gpio_descriptor(doorstep_gpio_line *line) {
    return line->is_input ? gpiod_line_event_get_fd(line->line) : -1;
}

int doorstep_gpio_get(doorstep_gpio_line *line) {
    int value = gpiod_line_get_value(line->line);
    return value < 0 ? -errno : value;
}

int doorstep_gpio_set(doorstep_gpio_line *line, int level) {
    return gpiod_line_set_value(line->line, level) < 0 ? -errno : 0;
}

int doorstep_gpio_next_edge(doorstep_gpio_line *line, doorstep_gpio_edge *edge) {
    struct timespec now = {0, 0};
    int waiting = gpiod_line_event_wait(line->line, &now);
    if (waiting <= 0) return waiting < 0 ? -errno : 0;
    struct gpiod_line_event event;
    if (gpiod_line_event_read(line->line, &event) < 0) return -errno;
    edge->time = (int64_t)event.ts.tv_sec * 1000000000 + event.ts.tv_nsec;
    edge->level = event.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
    return 1;
}

void doorstep_gpio_close(doorstep_gpio_line *line) {
    gpiod_line_release(line->line);
    gpiod_chip_close(line->chip);
    free(line);
}

#endif
