/* Comparison without regard to case. */
#pragma once

#include <stddef.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

int strcasecmp(const char* left, const char* right);
int strncasecmp(const char* left, const char* right, size_t count);
int ffs(int value);

__END_DECLS
