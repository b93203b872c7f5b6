// The functions are libmosquitto's own; this file gives the target something to compile.
#include "CMosquitto.h"
