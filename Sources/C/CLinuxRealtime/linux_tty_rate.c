// Apart from the other calls, since <asm/termbits.h> and <termios.h> define the same names.

#include "linux_descriptors.h"

#include <asm/termbits.h>
#include <errno.h>
#include <sys/ioctl.h>

int doorstep_tty_set_rate(int descriptor, unsigned rate) {
    struct termios2 settings;
    if (ioctl(descriptor, TCGETS2, &settings) != 0) return -errno;
    settings.c_cflag &= ~(unsigned)CBAUD;
    settings.c_cflag |= BOTHER;
    settings.c_ispeed = rate;
    settings.c_ospeed = rate;
    return ioctl(descriptor, TCSETS2, &settings) == 0 ? 0 : -errno;
}

int doorstep_tty_rate(int descriptor) {
    struct termios2 settings;
    if (ioctl(descriptor, TCGETS2, &settings) != 0) return -errno;
    return (int)settings.c_ospeed;
}

int doorstep_tty_set_exclusive(int descriptor, int on) {
    return ioctl(descriptor, on ? TIOCEXCL : TIOCNXCL) == 0 ? 0 : -errno;
}
