#include "doorstep_proj.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

// PROJ's interface as it has been since version 6 (https://proj.org/development/reference/functions.html).
typedef struct {
    double v[4];
} pj_coord;

struct library {
    void *handle;
    void *(*context_create)(void);
    void *(*context_destroy)(void *context);
    int (*log_level)(void *context, int level);
    void *(*create)(void *context, const char *definition);
    void *(*create_crs_to_crs)(void *context, const char *source, const char *target, void *area);
    void *(*destroy)(void *object);
    pj_coord (*trans)(void *object, int direction, pj_coord coordinate);
    void *(*coordinate_system)(void *context, const void *crs);
    int (*axis_info)(
        void *context, const void *system, int index, const char **name, const char **abbreviation,
        const char **direction, double *factor, const char **unit, const char **authority, const char **code);
};

struct doorstep_proj {
    struct library library;
    void *context;
    void *transformation;
    bool is_east_first;
};

static bool load(struct library *library) {
    static const char *const names[] = {"libproj.so.25", "libproj.so.22"};
    library->handle = NULL;
    for (unsigned i = 0; i < sizeof names / sizeof *names && !library->handle; i++) {
        library->handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    }
    if (!library->handle) return false;
    const struct {
        const char *name;
        void *function;
    } symbols[] = {
        {"proj_context_create", &library->context_create},
        {"proj_context_destroy", &library->context_destroy},
        {"proj_log_level", &library->log_level},
        {"proj_create", &library->create},
        {"proj_create_crs_to_crs", &library->create_crs_to_crs},
        {"proj_destroy", &library->destroy},
        {"proj_trans", &library->trans},
        {"proj_crs_get_coordinate_system", &library->coordinate_system},
        {"proj_cs_get_axis_info", &library->axis_info},
    };
    for (unsigned i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        // POSIX's way to bring an object pointer into a function pointer (dlsym, Rationale).
        void *found = dlsym(library->handle, symbols[i].name);
        if (!found) {
            dlclose(library->handle);
            return false;
        }
        *(void **)symbols[i].function = found;
    }
    return true;
}

/// Whether the database has a system of this name.
static bool knows(const doorstep_proj *projection, const char *name, void **crs) {
    *crs = projection->library.create(projection->context, name);
    return *crs != NULL;
}

static bool points_east(const doorstep_proj *projection, const void *crs) {
    const struct library *library = &projection->library;
    void *system = library->coordinate_system(projection->context, crs);
    if (!system) return false;
    const char *direction = NULL;
    int found = library->axis_info(projection->context, system, 0, NULL, NULL, &direction, NULL, NULL, NULL, NULL);
    bool east = found && direction && strcasecmp(direction, "east") == 0;
    library->destroy(system);
    return east;
}

static doorstep_proj_result prepare(doorstep_proj *projection, const char *source, const char *target) {
    const struct library *library = &projection->library;
    void *crs = NULL;
    if (!knows(projection, source, &crs)) return DOORSTEP_PROJ_UNKNOWN_SOURCE;
    library->destroy(crs);
    if (!knows(projection, target, &crs)) return DOORSTEP_PROJ_UNKNOWN_TARGET;
    projection->is_east_first = points_east(projection, crs);
    library->destroy(crs);
    projection->transformation = library->create_crs_to_crs(projection->context, source, target, NULL);
    return projection->transformation ? DOORSTEP_PROJ_OK : DOORSTEP_PROJ_NO_WAY;
}

doorstep_proj_result doorstep_proj_open(const char *source, const char *target, doorstep_proj **out) {
    doorstep_proj *projection = calloc(1, sizeof *projection);
    *out = NULL;
    if (!projection || !load(&projection->library)) {
        free(projection);
        return DOORSTEP_PROJ_NO_LIBRARY;
    }
    projection->context = projection->library.context_create();
    projection->library.log_level(projection->context, 0);
    doorstep_proj_result result = prepare(projection, source, target);
    if (result == DOORSTEP_PROJ_OK) {
        *out = projection;
    } else {
        doorstep_proj_close(projection);
    }
    return result;
}

void doorstep_proj_close(doorstep_proj *projection) {
    if (!projection) return;
    if (projection->transformation) projection->library.destroy(projection->transformation);
    if (projection->context) projection->library.context_destroy(projection->context);
    dlclose(projection->library.handle);
    free(projection);
}

bool doorstep_proj_is_east_first(const doorstep_proj *projection) { return projection->is_east_first; }

bool doorstep_proj_apply(doorstep_proj *projection, double *first, double *second) {
    pj_coord point = {{*first, *second, 0, INFINITY}};
    point = projection->library.trans(projection->transformation, 1, point);
    *first = point.v[0];
    *second = point.v[1];
    return isfinite(point.v[0]) && isfinite(point.v[1]);
}
