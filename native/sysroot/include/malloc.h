/* The heap. */
#pragma once

#include <stddef.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* block, size_t size);
void free(void* block);
void* memalign(size_t alignment, size_t size);
size_t malloc_usable_size(const void* block);

__END_DECLS
