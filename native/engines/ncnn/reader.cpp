#include "engines/ncnn/reader.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

namespace mobilegen {
namespace {

// The longest conversion that ncnn asks for is %1023[^\r\n].
const size_t kWindow = 1024;

// How the values behind a tag of ncnn's ModelBin are stored. The other kinds (bfloat16, int8)
// need code that the library does not have, and would be taken for floats.
const uint32_t kFloat32 = 0;
const uint32_t kFloat32Raw = 0x0002C056;
const uint32_t kFloat16 = 0x01306B47;
const size_t kTagSize = 4;

bool is_known_tag(const void* bytes) {
  uint32_t tag;
  memcpy(&tag, bytes, kTagSize);
  return tag == kFloat32 || tag == kFloat32Raw || tag == kFloat16;
}

}  // namespace

void Reader::advance(size_t count) const {
  data_ += count;
  left_ -= count;
}

void Reader::skip_space() const {
  while (left_ && isspace(*data_)) advance(1);
}

int Reader::scan(const char* format, void* value) const {
  if (!strchr(format, '[')) skip_space();
  // sscanf measures all of the text at each call; a window keeps the time linear.
  char text[kWindow];
  const size_t size = left_ < kWindow - 1 ? left_ : kWindow - 1;
  memcpy(text, data_, size);
  text[size] = 0;
  char counting[64];
  snprintf(counting, sizeof(counting), "%s%%n", format);
  int consumed = 0;
  const int found = sscanf(text, counting, value, &consumed);
  if (consumed <= 0) return 0;
  advance(static_cast<size_t>(consumed));
  return found;
}

size_t Reader::read(void* buffer, size_t size) const {
  if (size > left_) return 0;
  // Weights are handed out by reference; what is read are the tags before them.
  if (size == kTagSize && !is_known_tag(data_)) return 0;
  if (size) memcpy(buffer, data_, size);
  advance(size);
  return size;
}

size_t Reader::reference(size_t size, const void** data) const {
  if (size > left_) return 0;
  *data = data_;
  advance(size);
  return size;
}

}  // namespace mobilegen
