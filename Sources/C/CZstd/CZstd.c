// SwiftPM wants a source file in a C target; the module is the header.
#include "CZstd.h"
