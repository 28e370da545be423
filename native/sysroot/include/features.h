/* Present because portable code includes it; everything is in sys/cdefs.h. */
#pragma once

#include <sys/cdefs.h>
