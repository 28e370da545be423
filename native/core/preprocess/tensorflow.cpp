// tf.image.resize of TensorFlow 2: bilinear, antialias=False, half-pixel centres, in float32
// (tensorflow/core/kernels/image/resize_bilinear_op.cc).
#include "core/preprocess/linear.h"

namespace mobilegen {
namespace {

class TensorflowBilinear {
 public:
  typedef float Weight;
  typedef float Value;

  TensorflowBilinear(int width, int height, const Region& region)
      : width_(width), height_(height), region_(region) {}

  Neighbours<float> across(int x) const {
    return neighbours(x + region_.left, width_, region_.width);
  }
  Neighbours<float> down(int y) const {
    return neighbours(y + region_.top, height_, region_.height);
  }

  void blend(const unsigned char* lower, const unsigned char* upper, float weight,
             float* blended) const {
    mix(__builtin_convertvector(load<U8x4>(lower), F32x4),
        __builtin_convertvector(load<U8x4>(upper), F32x4), weight, blended);
  }

  void write(const Output& output, int y, const float* lower, const float* upper, float weight,
             float* row) const {
    for (int i = 0; i < kPixel * output.width; i += kPixel) {
      mix(load<F32x4>(lower + i), load<F32x4>(upper + i), weight, row + i);
    }
    write_floats(output, y, row);
  }

 private:
  static void mix(F32x4 lower, F32x4 upper, float weight, float* mixed) {
    store(mixed, lower + (upper - lower) * weight);
  }

  static Neighbours<float> neighbours(int i, int source, int resized) {
    const float scale = static_cast<float>(source) / static_cast<float>(resized);
    const float at = (static_cast<float>(i) + 0.5f) * scale - 0.5f;
    int lower = static_cast<int>(at);
    if (static_cast<float>(lower) > at) lower--;
    int upper = static_cast<float>(lower) < at ? lower + 1 : lower;
    const float weight = at - static_cast<float>(lower);
    if (lower < 0) lower = 0;
    if (upper > source - 1) upper = source - 1;
    if (lower > upper) lower = upper;
    const Neighbours<float> both = {lower, upper, weight};
    return both;
  }

  const int width_;
  const int height_;
  const Region& region_;
};

}  // namespace

int resize_tensorflow_bilinear(const View& view, const Region& region, const Output& output) {
  return resize_linear<TensorflowBilinear>(view, region, output);
}

}  // namespace mobilegen
