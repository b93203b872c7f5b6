// The kernel's watchdog interface: Documentation/watchdog/watchdog-api.rst, <linux/watchdog.h>.

#include "linux_descriptors.h"

#include <errno.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>

int doorstep_watchdog_set_timeout(int descriptor, int seconds) {
    return ioctl(descriptor, WDIOC_SETTIMEOUT, &seconds) == 0 ? seconds : -errno;
}

int doorstep_watchdog_timeout(int descriptor) {
    int seconds = 0;
    return ioctl(descriptor, WDIOC_GETTIMEOUT, &seconds) == 0 ? seconds : -errno;
}

int doorstep_watchdog_keep_alive(int descriptor) {
    int unused = 0;
    return ioctl(descriptor, WDIOC_KEEPALIVE, &unused) == 0 ? 0 : -errno;
}
