#include "doorstep_gpiod.h"

#include <gpiod.h>

// Only the 1.x header has this limit.
#ifndef GPIOD_LINE_BULK_MAX_LINES

#include <errno.h>
#include <stdlib.h>

struct doorstep_gpio_lines {
    struct gpiod_line_request *request;
    struct gpiod_edge_event_buffer *buffer;
    unsigned offset[DOORSTEP_GPIO_LIMIT];
    int count;
};

const char *doorstep_gpio_interface(void) { return "libgpiod 2"; }

static doorstep_gpio_lines *open_lines(
    const char *path, const unsigned *offsets, int count, const char *consumer, int is_input, int level, int *error) {
    if (count < 1 || count > DOORSTEP_GPIO_LIMIT) {
        *error = -EINVAL;
        return NULL;
    }
    doorstep_gpio_lines *result = calloc(1, sizeof *result);
    struct gpiod_chip *chip = NULL;
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    struct gpiod_line_config *lines = gpiod_line_config_new();
    struct gpiod_request_config *request = gpiod_request_config_new();
    int failed = result == NULL || settings == NULL || lines == NULL || request == NULL;
    *error = -ENOMEM;
    if (!failed) {
        errno = 0;
        result->count = count;
        for (int i = 0; i < count; i++) result->offset[i] = offsets[i];
        gpiod_request_config_set_consumer(request, consumer);
        if (is_input) {
            // More edges than the kernel's default of 16 a line may wait; 1024 is the most that it grants.
            gpiod_request_config_set_event_buffer_size(request, count > 1 ? 1024 : 64);
            result->buffer = gpiod_edge_event_buffer_new(1);
            failed = result->buffer == NULL
                || gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT) < 0
                || gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH) < 0
                || gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC) < 0;
        } else {
            failed = gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT) < 0
                || gpiod_line_settings_set_output_value(
                       settings, level ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE) < 0;
        }
        failed = failed || gpiod_line_config_add_line_settings(lines, offsets, (size_t)count, settings) < 0
            || (chip = gpiod_chip_open(path)) == NULL
            || (result->request = gpiod_chip_request_lines(chip, request, lines)) == NULL;
        *error = !failed ? 0 : errno != 0 ? -errno : -EIO;
    }
    if (chip != NULL) gpiod_chip_close(chip);
    gpiod_request_config_free(request);
    gpiod_line_config_free(lines);
    gpiod_line_settings_free(settings);
    if (!failed) return result;
    if (result != NULL && result->buffer != NULL) gpiod_edge_event_buffer_free(result->buffer);
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
    (void)line;  // all lines of a request share one
    return lines->buffer != NULL ? gpiod_line_request_get_fd(lines->request) : -1;
}

int doorstep_gpio_get(doorstep_gpio_lines *lines, int line) {
    enum gpiod_line_value value = gpiod_line_request_get_value(lines->request, lines->offset[line]);
    return value == GPIOD_LINE_VALUE_ERROR ? -errno : value == GPIOD_LINE_VALUE_ACTIVE;
}

int doorstep_gpio_set(doorstep_gpio_lines *lines, int level) {
    enum gpiod_line_value value = level ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
    return gpiod_line_request_set_value(lines->request, lines->offset[0], value) < 0 ? -errno : 0;
}

int doorstep_gpio_next_edge(doorstep_gpio_lines *lines, doorstep_gpio_edge *edge) {
    if (lines->buffer == NULL) return 0;
    int waiting = gpiod_line_request_wait_edge_events(lines->request, 0);
    if (waiting <= 0) return waiting < 0 ? -errno : 0;
    int count = gpiod_line_request_read_edge_events(lines->request, lines->buffer, 1);
    if (count <= 0) return count < 0 ? -errno : 0;
    struct gpiod_edge_event *event = gpiod_edge_event_buffer_get_event(lines->buffer, 0);
    unsigned offset = gpiod_edge_event_get_line_offset(event);
    edge->line = 0;
    for (int i = 0; i < lines->count; i++) {
        if (lines->offset[i] == offset) edge->line = i;
    }
    edge->time = (int64_t)gpiod_edge_event_get_timestamp_ns(event);
    edge->level = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE;
    edge->sequence = (uint32_t)gpiod_edge_event_get_line_seqno(event);
    return 1;
}

void doorstep_gpio_close(doorstep_gpio_lines *lines) {
    gpiod_line_request_release(lines->request);
    if (lines->buffer != NULL) gpiod_edge_event_buffer_free(lines->buffer);
    free(lines);
}

#endif
