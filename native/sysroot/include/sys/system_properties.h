/* Reading Android system properties. Sizes: bionic libc/include/sys/system_properties.h. */
#pragma once

#include <stdint.h>
#include <sys/cdefs.h>

#define PROP_NAME_MAX 32
#define PROP_VALUE_MAX 92

typedef struct prop_info prop_info;

__BEGIN_DECLS

int __system_property_get(const char* name, char* value);
int __system_property_set(const char* name, const char* value);
const prop_info* __system_property_find(const char* name);
int __system_property_read(const prop_info* info, char* name, char* value);

__END_DECLS
