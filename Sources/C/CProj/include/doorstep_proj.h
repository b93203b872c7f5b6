#ifndef DOORSTEP_PROJ_H
#define DOORSTEP_PROJ_H

#include <stdbool.h>

// PROJ behind a small seam. The library is opened when a projection is first asked for (libproj.so.25, or .22), so that
// a program that may convert maps does not need it to start.

/// A projection from one coordinate reference system into another. Not for use by two threads at once.
typedef struct doorstep_proj doorstep_proj;

typedef enum {
    DOORSTEP_PROJ_OK = 0,
    /// PROJ is not installed.
    DOORSTEP_PROJ_NO_LIBRARY,
    /// PROJ does not know the source, or the target, by its name.
    DOORSTEP_PROJ_UNKNOWN_SOURCE,
    DOORSTEP_PROJ_UNKNOWN_TARGET,
    /// It knows no way between the two.
    DOORSTEP_PROJ_NO_WAY,
} doorstep_proj_result;

/// Opens the projection between two systems ("EPSG:4326"); the names are those of PROJ's database.
doorstep_proj_result doorstep_proj_open(const char *source, const char *target, doorstep_proj **projection);

void doorstep_proj_close(doorstep_proj *projection);

/// Whether the target's first axis points east.
bool doorstep_proj_is_east_first(const doorstep_proj *projection);

/// Brings a point in the source's order of axes into the target's; false where the target has no place for it.
bool doorstep_proj_apply(doorstep_proj *projection, double *first, double *second);

#endif
