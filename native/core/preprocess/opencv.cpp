// OpenCV's INTER_LINEAR on bytes: weights of 11 bits, and two roundings in the second pass
// (modules/imgproc/src/resize.cpp). Half the size exactly is the mean of four pixels.
#include "core/preprocess/linear.h"

namespace mobilegen {
namespace {

typedef short I16x8 __attribute__((vector_size(16)));
typedef int I32x8 __attribute__((vector_size(32)));
typedef unsigned char U8x8 __attribute__((vector_size(8)));

// Compilers know this as one instruction.
I16x8 high_product(I16x8 a, I16x8 b) {
  const I32x8 product = __builtin_convertvector(a, I32x8) * __builtin_convertvector(b, I32x8);
  return __builtin_convertvector(product >> 16, I16x8);
}

I16x8 eight_times(int value) {
  const short v = static_cast<short>(value);
  const I16x8 all = {v, v, v, v, v, v, v, v};
  return all;
}

struct Pair {
  int lower;
  int upper;
};

const float kOne = 2048;

// To the nearest integer, halves to the even one; for 0 <= x < 2^22.
int round_even(float x) {
  const float shift = 8388608;
  return static_cast<int>((x + shift) - shift);
}

class OpencvLinear {
 public:
  typedef Pair Weight;
  typedef short Value;

  OpencvLinear(int width, int height, const Region& region)
      : width_(width),
        height_(height),
        region_(region),
        mean_(width == 2 * region.width && height == 2 * region.height) {}

  Neighbours<Pair> across(int x) const {
    return neighbours(x + region_.left, width_, region_.width, true);
  }
  Neighbours<Pair> down(int y) const {
    return neighbours(y + region_.top, height_, region_.height, false);
  }

  // The second pass uses the upper bits only; 16 are enough for them, as weights of two neighbours
  // add up to 2049 at most.
  void blend(const unsigned char* lower, const unsigned char* upper, const Pair& weight,
             short* blended) const {
    const I32x4 sum = __builtin_convertvector(load<U8x4>(lower), I32x4) * weight.lower +
                      __builtin_convertvector(load<U8x4>(upper), I32x4) * weight.upper;
    store(blended, __builtin_convertvector(sum >> (mean_ ? 0 : 4), I16x4));
  }

  void write(const Output& output, int y, const short* lower, const short* upper,
             const Pair& weight, short* scratch) const {
    unsigned char* bytes = reinterpret_cast<unsigned char*>(scratch);
    const int count = kPixel * output.width;
    if (mean_) {
      for (int i = 0; i < count; i++) {
        bytes[i] = static_cast<unsigned char>((lower[i] + upper[i] + 2) >> 2);
      }
    } else {
      const I16x8 of_lower = eight_times(weight.lower), of_upper = eight_times(weight.upper);
      for (int i = 0; i < count; i += 2 * kPixel) {
        const I16x8 sum = high_product(load<I16x8>(lower + i), of_lower) +
                          high_product(load<I16x8>(upper + i), of_upper);
        store(bytes + i, __builtin_convertvector((sum + 2) >> 2, U8x8));
      }
    }
    write_bytes(output, y, bytes);
  }

 private:
  Neighbours<Pair> neighbours(int i, int source, int resized, bool columns) const {
    if (mean_) {
      const Neighbours<Pair> both = {2 * i, 2 * i + 1, {1, 1}};
      return both;
    }
    const double scale = 1.0 / (static_cast<double>(resized) / source);
    float at = static_cast<float>((i + 0.5) * scale - 0.5);
    int lower = static_cast<int>(at);
    if (static_cast<float>(lower) > at) lower--;
    at -= static_cast<float>(lower);
    // Beyond the edge OpenCV sets the weight for columns, but repeats the row.
    if (columns && (lower < 0 || lower >= source - 1)) at = 0;
    const Neighbours<Pair> both = {
        inside(lower, source),
        inside(lower + 1, source),
        {round_even((1.f - at) * kOne), round_even(at * kOne)}};
    return both;
  }

  static int inside(int i, int source) { return i < 0 ? 0 : i < source ? i : source - 1; }

  const int width_;
  const int height_;
  const Region& region_;
  const bool mean_;
};

}  // namespace

int resize_opencv_linear(const View& view, const Region& region, const Output& output) {
  return resize_linear<OpencvLinear>(view, region, output);
}

}  // namespace mobilegen
