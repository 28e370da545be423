#include "core/digest.h"

#include <stdint.h>
#include <string.h>

namespace mobilegen {
namespace {

typedef uint32_t Lanes __attribute__((vector_size(16)));

const int kLeaves = 8;
const int kLanes = 4;
const size_t kBlock = 64;
const size_t kGroup = kLeaves * kBlock;  // one block for each leaf

const uint32_t kStart[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

const unsigned char kOrder[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

inline Lanes all(uint32_t value) { return Lanes{value, value, value, value}; }
inline Lanes rotate(Lanes x, int n) { return x >> n | x << (32 - n); }

inline void mix(Lanes& a, Lanes& b, Lanes& c, Lanes& d, Lanes x, Lanes y) {
  a += b + x;
  d = rotate(d ^ a, 16);
  c += d;
  b = rotate(b ^ c, 12);
  a += b + y;
  d = rotate(d ^ a, 8);
  c += d;
  b = rotate(b ^ c, 7);
}

// Compresses a block for each of four hashes; the blocks are `stride` bytes apart. `count` is the
// number of bytes up to the end of these blocks, below 2^32.
void compress(Lanes h[8], const unsigned char* blocks, size_t stride, uint32_t count,
              uint32_t last_block, uint32_t last_node) {
  Lanes m[16];
  for (int lane = 0; lane < kLanes; lane++) {
    uint32_t words[16];
    memcpy(words, blocks + stride * lane, kBlock);
    for (int i = 0; i < 16; i++) m[i][lane] = words[i];
  }
  Lanes v[16];
  for (int i = 0; i < 8; i++) v[i] = h[i], v[i + 8] = all(kStart[i]);
  v[12] ^= all(count);
  v[14] ^= all(last_block);
  v[15] ^= all(last_node);
  for (int round = 0; round < 10; round++) {
    const unsigned char* s = kOrder[round];
    mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
  }
  for (int i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
}

// The state before the first block of node `index` at `depth` of the tree.
void start(Lanes h[8], int lane, uint32_t index, uint32_t depth) {
  const uint32_t size = kDigestSize;
  const uint32_t parameters[8] = {size | kLeaves << 16 | 2 << 24, 0, index, depth << 16 | size << 24};
  for (int i = 0; i < 8; i++) h[i][lane] = kStart[i] ^ parameters[i];
}

// Compresses one hash's remaining bytes, `step` apart from block to block, and writes its result.
void finish(const Lanes state[8], int lane, const unsigned char* data, size_t left, size_t step,
            uint32_t count, bool last_node, unsigned char* result) {
  Lanes h[8];
  for (int i = 0; i < 8; i++) h[i] = all(state[i][lane]);
  for (bool done = false; !done; data += step) {
    unsigned char block[kBlock] = {0};
    const size_t size = left < kBlock ? left : kBlock;
    if (size) memcpy(block, data, size);
    done = left <= step;
    left -= done ? left : step;
    count += (uint32_t)size;
    compress(h, block, 0, count, done ? ~0u : 0, done && last_node ? ~0u : 0);
  }
  for (int i = 0; i < 8; i++) {
    const uint32_t word = h[i][0];
    memcpy(result + 4 * i, &word, 4);
  }
}

}  // namespace

void digest(const unsigned char* data, size_t size, unsigned char result[kDigestSize]) {
  Lanes states[2][8];
  for (int i = 0; i < kLeaves; i++) start(states[i / kLanes], i % kLanes, i, 0);
  uint32_t count = 0;
  // As long as every leaf has more to come.
  for (; size > 2 * kGroup - kBlock; data += kGroup, size -= kGroup) {
    count += kBlock;
    compress(states[0], data, kBlock, count, 0, 0);
    compress(states[1], data + kLanes * kBlock, kBlock, count, 0, 0);
  }
  unsigned char leaves[kLeaves * kDigestSize];
  for (int i = 0; i < kLeaves; i++) {
    const size_t before = kBlock * i;
    finish(states[i / kLanes], i % kLanes, data + before, size > before ? size - before : 0, kGroup,
           count, i == kLeaves - 1, leaves + kDigestSize * i);
  }
  Lanes root[8];
  start(root, 0, 0, 1);
  finish(root, 0, leaves, sizeof(leaves), kBlock, 0, true, result);
}

}  // namespace mobilegen
