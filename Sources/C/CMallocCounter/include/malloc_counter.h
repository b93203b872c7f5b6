#pragma once

// Counts the calls of the malloc family on one thread: the proof that a tick does not allocate.
//
// Linked into a test executable, this replaces malloc and its family by glibc's own under another name, with a counter
// of the calling thread in front. For tests only. Under a sanitizer, which replaces malloc itself, it counts nothing
// and says so.

#include <stdbool.h>
#include <stdint.h>

/// False where the calls cannot be counted (a sanitizer, another C library).
bool doorstep_malloc_counter_works(void);

/// Starts counting the calling thread's calls from 0.
void doorstep_malloc_count_begin(void);

/// Stops and returns how often the calling thread called malloc, calloc, realloc, free or an aligned relative.
uint64_t doorstep_malloc_count_end(void);
