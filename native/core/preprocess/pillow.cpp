// Pillow's resize with antialiasing: a convolution with weights in fixed point, along the rows and,
// from its bytes, along the columns (src/libImaging/Resample.c). Mostly the rows come first.
#include "core/error.h"
#include "core/preprocess/parts.h"
#include "mobilegen/engine.h"

namespace mobilegen {
namespace {

const int kPrecision = 22;
const int kBlock = 16;  // rows read at once: a turned image is then read by cache lines
const int kChunk = 4;   // pixels computed at once

typedef double (*Filter)(double x);

// What a range of resized positions takes from the source.
struct Axis {
  int size;  // the most weights of a position
  int* first;
  int* count;
  int* weights;
  Buffer memory[3];

  int end(int i) const { return first[i] + count[i]; }
};

int ceiling(double x) {
  const int whole = static_cast<int>(x);
  return whole < x ? whole + 1 : whole;
}

int fixed(double weight) {
  return static_cast<int>(weight * (1 << kPrecision) + (weight < 0 ? -0.5 : 0.5));
}

// One position: weights in double precision, then divided by their sum, then in fixed point.
void weigh(int source, double center, double scale, double support, Filter filter, double* scratch,
           Axis* axis, int i) {
  int low = static_cast<int>(center - support + 0.5);
  int high = static_cast<int>(center + support + 0.5);
  if (low < 0) low = 0;
  if (high > source) high = source;
  if (high - low > axis->size) high = low + axis->size;
  const int count = high > low ? high - low : 0;
  const double inverse = 1.0 / scale;
  double sum = 0;
  for (int k = 0; k < count; k++) {
    scratch[k] = filter((k + low - center + 0.5) * inverse);
    sum += scratch[k];
  }
  int* weights = axis->weights + static_cast<size_t>(i) * axis->size;
  for (int k = 0; k < count; k++) weights[k] = fixed(sum != 0 ? scratch[k] / sum : scratch[k]);
  axis->first[i] = low;
  axis->count[i] = count;
}

// Positions `offset` to `offset` + `count` of the `resized` that [low, high) of the source becomes.
int make_axis(int source, float low, float high, int resized, int offset, int count, Filter filter,
              double support, Axis* axis) {
  const double step = static_cast<double>(high - low) / resized;
  const double scale = step < 1.0 ? 1.0 : step;
  axis->size = ceiling(support * scale) * 2 + 1;
  axis->first = axis->memory[0].allocate<int>(count);
  axis->count = axis->memory[1].allocate<int>(count);
  axis->weights =
      static_cast<int*>(axis->memory[2].allocate(count, sizeof(int) * axis->size));
  Buffer memory;
  double* scratch = memory.allocate<double>(axis->size);
  if (!axis->first || !axis->count || !axis->weights || !scratch) return MOBILEGEN_ERROR_MEMORY;
  for (int i = 0; i < count; i++) {
    const double center = low + (i + offset + 0.5) * step;
    weigh(source, center, scale, support * scale, filter, scratch, axis, i);
  }
  return MOBILEGEN_OK;
}

U8x4 to_bytes(I32x4 sum) {
  return __builtin_convertvector(clamp_to_byte(sum >> kPrecision), U8x4);
}

I32x4 product(const unsigned char* pixel, int weight) {
  return __builtin_convertvector(load<U8x4>(pixel), I32x4) * weight;
}

const I32x4 kHalf = {1 << (kPrecision - 1), 1 << (kPrecision - 1), 1 << (kPrecision - 1),
                     1 << (kPrecision - 1)};

int smaller(int a, int b) { return a < b ? a : b; }

class Resizer {
 public:
  Resizer(const View& view, const Output& output, bool columns_first)
      : view_(view), output_(output), columns_first_(columns_first) {}

  int run(const Region& region, Filter filter, double support) {
    const float* box = region.box;
    int status = make_axis(view_.width, box[0], box[2], region.width, region.left, output_.width,
                           filter, support, &across_);
    if (status == MOBILEGEN_OK) {
      status = make_axis(view_.height, box[1], box[3], region.height, region.top, output_.height,
                         filter, support, &down_);
    }
    if (status == MOBILEGEN_OK) status = allocate();
    if (status != MOBILEGEN_OK) return status;
    for (int y = 0; y < output_.height; y++) {
      while (next_ < down_.end(y)) take_rows();
      resize_columns(y);
      if (columns_first_) resize_row(row_, resized_);
      write_bytes(output_, y, columns_first_ ? resized_ : row_);
    }
    return MOBILEGEN_OK;
  }

 private:
  int allocate() {
    left_ = across_.first[0];
    width_ = across_.end(output_.width - 1) - left_;
    const int columns = columns_first_ ? width_ : output_.width;
    chunks_ = columns / kChunk + 1;
    row_size_ = static_cast<size_t>(chunks_) * kChunk * kPixel;
    capacity_ = down_.size + kBlock;
    next_ = down_.first[0];
    ring_ = static_cast<unsigned char*>(memory_[0].allocate(capacity_, row_size_));
    row_ = memory_[1].allocate<unsigned char>(row_size_);
    resized_ = static_cast<unsigned char*>(memory_[2].allocate(output_.width, kPixel));
    block_ = static_cast<unsigned char*>(
        memory_[3].allocate(static_cast<size_t>(width_) + 1, kBlock * kPixel));
    rows_ = memory_[4].allocate<const unsigned char*>(down_.size);
    return ring_ && row_ && resized_ && block_ && rows_ ? MOBILEGEN_OK : MOBILEGEN_ERROR_MEMORY;
  }

  // The ring has the latest source rows, resized along the rows unless columns come first.
  unsigned char* ring(int y) { return ring_ + row_size_ * static_cast<size_t>(y % capacity_); }

  void take_rows() {
    const int count = smaller(kBlock, down_.end(output_.height - 1) - next_);
    const bool direct = direct_pixels(view_, left_, next_) != 0;
    if (!direct) read_block(view_, left_, next_, width_, count, block_);
    for (int i = 0; i < count; i++, next_++) {
      const size_t size = static_cast<size_t>(width_) * kPixel;
      const unsigned char* pixels = direct ? direct_pixels(view_, left_, next_) : block_ + i * size;
      if (columns_first_) {
        memcpy(ring(next_), pixels, size);
      } else {
        resize_row(pixels, ring(next_));
      }
    }
  }

  void resize_row(const unsigned char* pixels, unsigned char* resized) const {
    for (int x = 0; x < output_.width; x++) {
      const unsigned char* from = pixels + static_cast<size_t>(across_.first[x] - left_) * kPixel;
      const int* weights = across_.weights + static_cast<size_t>(x) * across_.size;
      I32x4 sum = kHalf;
      for (int k = 0; k < across_.count[x]; k++) sum += product(from + kPixel * k, weights[k]);
      store(resized + kPixel * x, to_bytes(sum));
    }
  }

  void resize_columns(int y) {
    const int* weights = down_.weights + static_cast<size_t>(y) * down_.size;
    const int count = down_.count[y];
    for (int k = 0; k < count; k++) rows_[k] = ring(down_.first[y] + k);
    for (int chunk = 0; chunk < chunks_; chunk++) {
      const size_t start = static_cast<size_t>(chunk) * kChunk * kPixel;
      I32x4 sums[kChunk] = {kHalf, kHalf, kHalf, kHalf};
      for (int k = 0; k < count; k++) {
        const unsigned char* from = rows_[k] + start;
        for (int i = 0; i < kChunk; i++) sums[i] += product(from + kPixel * i, weights[k]);
      }
      for (int i = 0; i < kChunk; i++) store(row_ + start + kPixel * i, to_bytes(sums[i]));
    }
  }

  const View& view_;
  const Output& output_;
  const bool columns_first_;
  Axis across_, down_;
  int left_, width_;  // the source columns that are used
  int chunks_;        // of a row in the ring
  int capacity_;      // rows in the ring
  int next_;          // the first source row that is not yet in the ring
  size_t row_size_;
  unsigned char* ring_;
  unsigned char* row_;
  unsigned char* resized_;
  unsigned char* block_;
  const unsigned char** rows_;
  Buffer memory_[5];
};

double bilinear(double x) {
  if (x < 0.0) x = -x;
  return x < 1.0 ? 1.0 - x : 0.0;
}

double bicubic(double x) {
  const double a = -0.5;
  if (x < 0.0) x = -x;
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

// Whether the columns come first: Pillow 12's choice, and Pillow 13's.
bool is_tower(const View& view, const Region& region) {
  return view.height > 100 * view.width && region.height < view.height;
}

bool is_tall(const View& view, const Region& region) {
  const int down = view.height - region.height, across = view.width - region.width;
  return down > 0 && down > across * 2;
}

}  // namespace

int resize_pillow_bilinear(const View& view, const Region& region, const Output& output) {
  return Resizer(view, output, is_tower(view, region)).run(region, bilinear, 1.0);
}

int resize_pillow_bicubic(const View& view, const Region& region, const Output& output) {
  return Resizer(view, output, is_tower(view, region)).run(region, bicubic, 2.0);
}

int resize_pillow13_bilinear(const View& view, const Region& region, const Output& output) {
  return Resizer(view, output, is_tall(view, region)).run(region, bilinear, 1.0);
}

int resize_pillow13_bicubic(const View& view, const Region& region, const Output& output) {
  return Resizer(view, output, is_tall(view, region)).run(region, bicubic, 2.0);
}

}  // namespace mobilegen
