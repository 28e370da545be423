// Pillow's NEAREST: positions grow by repeated addition, as in its ImagingScaleAffine.
#include "core/preprocess/parts.h"
#include "mobilegen/engine.h"

namespace mobilegen {
namespace {

// Source positions of `count` resized ones from `offset` on; -1 where there is none.
void make_positions(int source, float low, float high, int resized, int offset, int count,
                    int* positions) {
  const double step = static_cast<double>(high - low) / resized;
  double at = low + step * 0.5;
  for (int i = 0; i < offset + count; i++, at += step) {
    if (i < offset) continue;
    const int place = static_cast<int>(at);
    positions[i - offset] = place < source ? place : -1;
  }
}

}  // namespace

int resize_nearest(const View& view, const Region& region, const Output& output) {
  Buffer across_memory, down_memory, row_memory;
  int* across = across_memory.allocate<int>(output.width);
  int* down = down_memory.allocate<int>(output.height);
  unsigned char* row =
      static_cast<unsigned char*>(row_memory.allocate(output.width, kPixel));
  if (!across || !down || !row) return MOBILEGEN_ERROR_MEMORY;
  const float* box = region.box;
  make_positions(view.width, box[0], box[2], region.width, region.left, output.width, across);
  make_positions(view.height, box[1], box[3], region.height, region.top, output.height, down);
  // Positions outside can only be the last ones, by rounding; Pillow leaves them black.
  int inside = output.width;
  while (inside > 0 && across[inside - 1] < 0) inside--;
  for (int y = 0; y < output.height; y++) {
    if (down[y] >= 0) {
      read_pixels(view, across, inside, down[y], row);
    } else {
      memset(row, 0, static_cast<size_t>(output.width) * kPixel);
    }
    write_bytes(output, y, row);
  }
  return MOBILEGEN_OK;
}

}  // namespace mobilegen
