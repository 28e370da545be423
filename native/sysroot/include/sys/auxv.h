/* Values that the kernel hands to a process. Constants: bionic libc/kernel/uapi/linux/auxvec.h. */
#pragma once

#include <sys/cdefs.h>

#define AT_NULL 0
#define AT_PAGESZ 6
#define AT_PLATFORM 15
#define AT_HWCAP 16
#define AT_CLKTCK 17
#define AT_SECURE 23
#define AT_RANDOM 25
#define AT_HWCAP2 26

__BEGIN_DECLS

unsigned long getauxval(unsigned long type);

__END_DECLS
