// The functions are libsodium's own; this file gives the target something to compile.
#include "CSodium.h"
