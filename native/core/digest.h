// BLAKE2sp: eight interleaved BLAKE2s hashes and one over their results.
//
// A cryptographic hash that four lanes of any 128-bit vector unit compute together. SHA-256 has no
// such form, and its instructions are not part of what API level 21 promises.
#ifndef MOBILEGEN_CORE_DIGEST_H
#define MOBILEGEN_CORE_DIGEST_H

#include <stddef.h>

namespace mobilegen {

const size_t kDigestSize = 32;

// https://www.blake2.net/blake2.pdf, section 2.10.
void digest(const unsigned char* data, size_t size, unsigned char result[kDigestSize]);

}  // namespace mobilegen

#endif
