// What the parts of preprocessing share.
#ifndef MOBILEGEN_CORE_PREPROCESS_PARTS_H
#define MOBILEGEN_CORE_PREPROCESS_PARTS_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/preprocess/preprocess.h"

#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0
#error "floats must be computed as floats: on x86 use -msse2 -mfpmath=sse"
#endif

namespace mobilegen {

// Pixels in buffers have four bytes: red, green, blue and one that means nothing.
const int kPixel = 4;

typedef unsigned char U8x4 __attribute__((vector_size(4)));
typedef short I16x4 __attribute__((vector_size(8)));
typedef int I32x4 __attribute__((vector_size(16)));
typedef float F32x4 __attribute__((vector_size(16)));

template <class T>
inline T load(const void* from) {
  T value;
  memcpy(&value, from, sizeof(value));
  return value;
}

template <class T>
inline void store(void* to, const T& value) {
  memcpy(to, &value, sizeof(value));
}

// The nearest values that a byte has.
inline I32x4 clamp_to_byte(I32x4 v) {
  const I32x4 none = {}, most = {255, 255, 255, 255};
  v = v < none ? none : v;
  return v > most ? most : v;
}

// An upright image: the stored pixel of (x, y) is (left + x * xx + y * yx, top + x * xy + y * yy).
struct View {
  const Image* image;
  int width;
  int height;
  int left, top;
  int xx, xy;
  int yx, yy;
};

View make_view(const Image& image);

// The part of a view; whole pixels within it.
View cut_view(const View& view, int left, int top, int width, int height);

// Reads the pixels (x[0], y), (x[1], y), ...
void read_pixels(const View& view, const int* x, int count, int y, unsigned char* pixels);

// Reads `rows` rows of `columns` pixels.
void read_block(const View& view, int left, int top, int columns, int rows,
                unsigned char* pixels);

// The pixels from (x, y) on, if they lie in memory as buffers have them; else NULL.
const unsigned char* direct_pixels(const View& view, int x, int y);

// The pixel (0, y), if the pixels of its row can be loaded as kPixel bytes each, `step` apart; else
// NULL.
const unsigned char* loadable_pixels(const View& view, int y, ptrdiff_t* step);

// Which part of an image becomes which part of a picture: `box` is resized to `width` x `height`,
// and of that the output's size is taken from (left, top) on.
struct Region {
  float box[4];  // left, top, right, bottom, as Pillow's resize takes them
  int width;
  int height;
  int left;
  int top;
};

struct Output {
  float* data;
  int width;
  int height;
  size_t column;      // distance of pixels, in floats
  size_t row;         // distance of rows
  size_t channel[3];  // places of red, green and blue
  float scale;
  float mean[3];  // of red, green and blue
  float std[3];
  float table[3][256];  // what a byte becomes
};

void make_output(const Preprocess& rule, float* data, Output* output);
void write_bytes(const Output& output, int y, const unsigned char* pixels);
void write_floats(const Output& output, int y, const float* pixels);  // kPixel floats each

class Buffer {
 public:
  Buffer() : data_(0) {}
  ~Buffer() { free(data_); }

  // Zeros, aligned for vectors. NULL, after `fail`, if there is not so much memory.
  void* allocate(size_t count, size_t size);
  template <class T>
  T* allocate(size_t count) {
    return static_cast<T*>(allocate(count, sizeof(T)));
  }

 private:
  Buffer(const Buffer&);
  Buffer& operator=(const Buffer&);

  void* data_;
};

}  // namespace mobilegen

#endif
