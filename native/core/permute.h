// Arrays with their axes in another order.
#ifndef MOBILEGEN_CORE_PERMUTE_H
#define MOBILEGEN_CORE_PERMUTE_H

#include <stddef.h>

namespace mobilegen {

// Copies an array so that axis i of the copy is axis permutation[i] of the original.
//
// shape: of the original, `rank` sizes, at most kMaxRank.
// size: bytes of an element: 1, 2, 4 or 8; both arrays begin at an address for such elements.
void permute(const void* from, const int* shape, const int* permutation, int rank, size_t size,
             void* to);

// The permutation that undoes another one.
void invert(const int* permutation, int rank, int* inverse);

}  // namespace mobilegen

#endif
