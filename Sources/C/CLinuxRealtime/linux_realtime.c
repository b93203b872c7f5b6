#define _GNU_SOURCE
#include "linux_realtime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

int64_t doorstep_monotonic_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void doorstep_monotonic_sleep_until(int64_t nanoseconds) {
    if (nanoseconds < 0) return;
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
    }
}

struct start {
    void (*body)(void *);
    void *context;
    size_t prefault;
    char name[16];
};

// Touches the stack from its present end down, so that no tick meets a page for the first time.
static void __attribute__((noinline)) prefault_stack(size_t bytes) {
    volatile char *area = __builtin_alloca(bytes);
    for (size_t offset = bytes; offset > 0; offset -= offset < 4096 ? offset : 4096) area[offset - 1] = 0;
    area[0] = 0;
}

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    pthread_setname_np(pthread_self(), start.name);
    if (start.prefault > 0) prefault_stack(start.prefault);
    start.body(start.context);
    return NULL;
}

int doorstep_thread_start(pthread_t *thread, const char *name, size_t stack_size, void (*body)(void *), void *context) {
    // A quarter of the stack, 32 kB at least, stays for the frames that are there already and for the guard.
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (stack_size < (size_t)PTHREAD_STACK_MIN + 65536) stack_size = (size_t)PTHREAD_STACK_MIN + 65536;
    stack_size = (stack_size + page - 1) / page * page;
    struct start *start = calloc(1, sizeof *start);
    if (start == NULL) return -ENOMEM;
    start->body = body;
    start->context = context;
    start->prefault = stack_size - (stack_size / 4 < 32768 ? 32768 : stack_size / 4);
    strncpy(start->name, name, sizeof start->name - 1);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    int result = pthread_attr_setstacksize(&attributes, stack_size);
    if (result == 0) result = pthread_create(thread, &attributes, run, start);
    pthread_attr_destroy(&attributes);
    if (result != 0) free(start);
    return -result;
}

int doorstep_thread_set_fifo(int priority) {
    struct sched_param parameters = {.sched_priority = priority};
    return -pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
}

int doorstep_thread_set_ordinary(void) {
    struct sched_param parameters = {.sched_priority = 0};
    return -pthread_setschedparam(pthread_self(), SCHED_OTHER, &parameters);
}

int doorstep_thread_pin(int cpu) {
    if (cpu < 0 || cpu >= CPU_SETSIZE) return -EINVAL;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return -pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

int doorstep_cpu_count(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return CPU_COUNT(&set);
}

int doorstep_lock_memory(void) {
    // Under a finite limit, locking future pages makes a later malloc fail instead: better not to lock at all. Root is
    // not bound by the limit.
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_max == RLIM_INFINITY) {
        limit.rlim_cur = RLIM_INFINITY;
        setrlimit(RLIMIT_MEMLOCK, &limit);
    }
    if (geteuid() != 0 && (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY)) return -EPERM;
    return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0 ? 0 : -errno;
}

int doorstep_hold_cpu_latency(void) {
    int descriptor = open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int32_t microseconds = 0;
    if (write(descriptor, &microseconds, sizeof microseconds) != sizeof microseconds) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int doorstep_monitor_init(doorstep_monitor *monitor) {
    pthread_mutexattr_t mutex;
    pthread_mutexattr_init(&mutex);
    int result = pthread_mutexattr_setprotocol(&mutex, PTHREAD_PRIO_INHERIT);
    if (result == 0) result = pthread_mutex_init(&monitor->mutex, &mutex);
    pthread_mutexattr_destroy(&mutex);
    if (result != 0) return -result;
    pthread_condattr_t condition;
    pthread_condattr_init(&condition);
    pthread_condattr_setclock(&condition, CLOCK_MONOTONIC);
    result = pthread_cond_init(&monitor->condition, &condition);
    pthread_condattr_destroy(&condition);
    return -result;
}

void doorstep_monitor_destroy(doorstep_monitor *monitor) {
    pthread_cond_destroy(&monitor->condition);
    pthread_mutex_destroy(&monitor->mutex);
}

void doorstep_monitor_lock(doorstep_monitor *monitor) { pthread_mutex_lock(&monitor->mutex); }
void doorstep_monitor_unlock(doorstep_monitor *monitor) { pthread_mutex_unlock(&monitor->mutex); }
void doorstep_monitor_wait(doorstep_monitor *monitor) { pthread_cond_wait(&monitor->condition, &monitor->mutex); }
void doorstep_monitor_signal(doorstep_monitor *monitor) { pthread_cond_broadcast(&monitor->condition); }

int doorstep_clock_is_synchronized(void) {
    struct timex time = {0};
    int state = adjtimex(&time);
    if (state < 0) return -1;
    return (time.status & STA_UNSYNC) == 0 && state != TIME_ERROR;
}
