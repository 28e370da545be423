// Interpolation between neighbours without antialiasing: what OpenCV and TensorFlow have in common.
#ifndef MOBILEGEN_CORE_PREPROCESS_LINEAR_H
#define MOBILEGEN_CORE_PREPROCESS_LINEAR_H

#include "core/preprocess/parts.h"
#include "mobilegen/engine.h"

namespace mobilegen {

// The two source positions of a resized one.
template <class Weight>
struct Neighbours {
  int lower;
  int upper;
  Weight weight;
};

// A method gives:
//   Weight, Value       types; kPixel values are a pixel between the two passes
//   Method(width, height, region): for a source of that size
//   Neighbours<Weight> across(int x), down(int y)
//   void blend(const unsigned char* lower, const unsigned char* upper, const Weight&, Value*):
//       one pixel
//   void write(const Output&, int y, const Value* lower, const Value* upper, const Weight&,
//              Value* scratch)
template <class Method>
class Linear {
  typedef typename Method::Weight Weight;
  typedef typename Method::Value Value;

 public:
  Linear(const View& view, const Region& region, const Output& output)
      : view_(view), output_(output), method_(view.width, view.height, region) {}

  int run() {
    const size_t width = static_cast<size_t>(output_.width);
    positions_ = positions_memory_.allocate<int>(2 * width);
    pairs_ = pairs_memory_.allocate<Neighbours<Weight> >(width);
    pixels_ = static_cast<unsigned char*>(pixels_memory_.allocate(width, 2 * kPixel));
    // One pixel more, so that pixels may be computed in pairs.
    rows_[0] = rows_memory_[0].allocate<Value>((width + 1) * kPixel);
    rows_[1] = rows_memory_[1].allocate<Value>((width + 1) * kPixel);
    scratch_ = scratch_memory_.allocate<Value>((width + 1) * kPixel);
    if (!positions_ || !pairs_ || !pixels_ || !rows_[0] || !rows_[1] || !scratch_) {
      return MOBILEGEN_ERROR_MEMORY;
    }
    held_[0] = held_[1] = -1;
    for (int x = 0; x < output_.width; x++) {
      pairs_[x] = method_.across(x);
      positions_[2 * x] = pairs_[x].lower;
      positions_[2 * x + 1] = pairs_[x].upper;
    }
    for (int y = 0; y < output_.height; y++) {
      const Neighbours<Weight> pair = method_.down(y);
      const int lower = row(pair.lower, pair.upper);
      const int upper = row(pair.upper, pair.lower);
      method_.write(output_, y, rows_[lower], rows_[upper], pair.weight, scratch_);
    }
    return MOBILEGEN_OK;
  }

 private:
  // The place of source row `y`, made if need be without dropping row `other`.
  int row(int y, int other) {
    if (held_[0] == y) return 0;
    if (held_[1] == y) return 1;
    const int place = held_[0] == other ? 1 : 0;
    held_[place] = y;
    // Copies, because the compiler must fear that the pixels written change the members.
    const Method method = method_;
    const Neighbours<Weight>* pairs = pairs_;
    const int width = output_.width;
    Value* to = rows_[place];
    ptrdiff_t step;
    if (const unsigned char* pixels = loadable_pixels(view_, y, &step)) {
      for (int x = 0; x < width; x++, to += kPixel) {
        const Neighbours<Weight>& pair = pairs[x];
        method.blend(pixels + pair.lower * step, pixels + pair.upper * step, pair.weight, to);
      }
      return place;
    }
    read_pixels(view_, positions_, 2 * output_.width, y, pixels_);
    for (int x = 0; x < width; x++, to += kPixel) {
      const unsigned char* pair = pixels_ + 2 * kPixel * x;
      method.blend(pair, pair + kPixel, pairs[x].weight, to);
    }
    return place;
  }

  const View& view_;
  const Output& output_;
  const Method method_;
  int* positions_;
  Neighbours<Weight>* pairs_;
  unsigned char* pixels_;
  Value* scratch_;
  Value* rows_[2];
  int held_[2];
  Buffer positions_memory_, pairs_memory_, pixels_memory_, scratch_memory_, rows_memory_[2];
};

// Boxes of these methods have whole pixels.
template <class Method>
int resize_linear(const View& view, const Region& region, const Output& output) {
  const int left = static_cast<int>(region.box[0]), top = static_cast<int>(region.box[1]);
  const int width = static_cast<int>(region.box[2]) - left;
  const int height = static_cast<int>(region.box[3]) - top;
  return Linear<Method>(cut_view(view, left, top, width, height), region, output).run();
}

}  // namespace mobilegen

#endif
