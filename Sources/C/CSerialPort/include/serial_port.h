#pragma once

// libserialport, as Debian ships it. Only DeviceIO sees it.
#include <libserialport.h>
