#pragma once

// What a real-time thread needs of Linux and what `import Glibc` does not show (the calls behind _GNU_SOURCE).
// Every function returns 0 (or a value) on success and a negative errno on failure; none allocates after start-up.

#include <pthread.h>
#include <stdint.h>
#include <stddef.h>

/// Nanoseconds on CLOCK_MONOTONIC.
int64_t doorstep_monotonic_now(void);

/// Sleeps until a moment on CLOCK_MONOTONIC; a moment that has passed returns at once. Signals do not cut it short.
void doorstep_monotonic_sleep_until(int64_t nanoseconds);

/// Starts a joinable thread with a stack of its own size, which is touched page by page before `body` runs.
int doorstep_thread_start(pthread_t *thread, const char *name, size_t stack_size, void (*body)(void *), void *context);

/// Puts the calling thread into SCHED_FIFO.
int doorstep_thread_set_fifo(int priority);

/// Puts the calling thread back into SCHED_OTHER.
int doorstep_thread_set_ordinary(void);

/// Pins the calling thread to one processor.
int doorstep_thread_pin(int cpu);

/// Processors that this process may run on.
int doorstep_cpu_count(void);

/// Locks what is mapped now and later, each page when it is first touched (MCL_ONFAULT): a plain mlockall would pin
/// every thread's whole stack and every arena. Refused (EPERM) where the limit on locked memory is finite.
int doorstep_lock_memory(void);

/// Gives back the pages of programs and libraries (code and constants, nothing that was written to) that have been
/// touched so far; what is needed again comes back from the page cache. To be called before memory is locked.
void doorstep_release_program_pages(void);

/// Asks the processors not to enter sleep states that take long to leave; the descriptor holds the wish until closed.
int doorstep_hold_cpu_latency(void);

/// A mutex with priority inheritance and a condition on CLOCK_MONOTONIC, for the executor's one queue.
typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
} doorstep_monitor;

int doorstep_monitor_init(doorstep_monitor *monitor);
void doorstep_monitor_destroy(doorstep_monitor *monitor);
void doorstep_monitor_lock(doorstep_monitor *monitor);
void doorstep_monitor_unlock(doorstep_monitor *monitor);
/// Gives the mutex up, waits for a signal, takes the mutex again.
void doorstep_monitor_wait(doorstep_monitor *monitor);
void doorstep_monitor_signal(doorstep_monitor *monitor);

/// Whether the system's clock follows a time server (adjtimex(2)): 1 or 0; -1 where the kernel does not say.
int doorstep_clock_is_synchronized(void);
