// The least that uses one rule, RULE being its resize function, or none: to see what it costs.
#include <stddef.h>

#include "core/error.h"
#include "core/preprocess/preprocess.h"

using namespace mobilegen;

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT int size_test(const unsigned char* data, size_t size, int width, int height, int turns,
                     float* output) {
#ifdef RULE
  static const Preprocess kRule = {224, 224, RULE, crop_center, 0.875, 0, 1.f,
                                   {127.f, 127.f, 127.f}, {128.f, 128.f, 128.f}, false, false};
  Image image = width < 0 ? nv21_image(data, size, width, height)
                          : rgba_image(data, size, width, height, 4 * width);
  image.quarter_turns = turns;
  return preprocess(kRule, image, output);
#else
  return data && output ? fail(1, "%lu %d", static_cast<unsigned long>(size), width + height + turns) : 0;
#endif
}
