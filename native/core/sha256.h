// SHA-256 as in FIPS 180-4.
#ifndef MOBILEGEN_CORE_SHA256_H
#define MOBILEGEN_CORE_SHA256_H

#include <stddef.h>

namespace mobilegen {

// Writes the digest as 64 lower-case hexadecimal digits and a terminating zero.
void sha256_hex(const unsigned char* data, size_t size, char hex[65]);

}  // namespace mobilegen

#endif
