// Pixels of an upright image, whatever the format and the direction in which they are stored.
#include "core/preprocess/parts.h"

namespace mobilegen {
namespace {

// JFIF's YCbCr (BT.601, full range) in libjpeg's fixed point of 16 bits.
void store_yuv(int y, int u, int v, unsigned char* pixel) {
  const I32x4 of_u = {0, -22554, 116130, 0}, of_v = {91881, -46802, 0, 0};
  const I32x4 color = (of_u * (u - 128) + of_v * (v - 128) + 32768) >> 16;
  store(pixel, __builtin_convertvector(clamp_to_byte(color + y), U8x4));
}

const unsigned char* at(const Plane& plane, int x, int y, int stride) {
  return plane.data + static_cast<ptrdiff_t>(y) * plane.row_stride +
         static_cast<ptrdiff_t>(x) * stride;
}

// A walk over stored pixels.
struct Packed {
  explicit Packed(const View& view) : plane(view.image->planes[0]) {
    stride = view.image->format == kRgb ? 3 : 4;
  }
  void read(int x, int y, unsigned char* pixel) const {
    const unsigned char* from = at(plane, x, y, stride);
    pixel[0] = from[0];
    pixel[1] = from[1];
    pixel[2] = from[2];
  }
  const Plane plane;
  int stride;
};

struct Yuv {
  explicit Yuv(const View& view) : planes(view.image->planes) {}
  void read(int x, int y, unsigned char* pixel) const {
    const int u = *at(planes[1], x >> 1, y >> 1, planes[1].pixel_stride);
    const int v = *at(planes[2], x >> 1, y >> 1, planes[2].pixel_stride);
    store_yuv(*at(planes[0], x, y, planes[0].pixel_stride), u, v, pixel);
  }
  const Plane* planes;
};

template <class Format>
void read_listed(const View& view, const int* x, int count, int y, unsigned char* pixels) {
  const Format format(view);
  const int left = view.left + y * view.yx, top = view.top + y * view.yy;
  for (int i = 0; i < count; i++) {
    format.read(left + x[i] * view.xx, top + x[i] * view.xy, pixels + kPixel * i);
  }
}

// Goes along stored rows, so that a turned image is not read column by column.
template <class Format>
void read_area(const View& view, int left, int top, int columns, int rows, unsigned char* pixels) {
  const Format format(view);
  const bool turned = view.xx == 0;
  const int outer = turned ? columns : rows, inner = turned ? rows : columns;
  const ptrdiff_t step = turned ? static_cast<ptrdiff_t>(columns) * kPixel : kPixel;
  for (int i = 0; i < outer; i++) {
    int x = turned ? left + i : left, y = turned ? top : top + i;
    const int stored_x = view.left + x * view.xx + y * view.yx;
    const int stored_y = view.top + x * view.xy + y * view.yy;
    const int along = turned ? view.yx : view.xx;
    unsigned char* to = pixels + static_cast<ptrdiff_t>(i) * kPixel * (turned ? 1 : columns);
    for (int j = 0; j < inner; j++, to += step) format.read(stored_x + j * along, stored_y, to);
  }
}

}  // namespace

View make_view(const Image& image) {
  // The stored pixel of an upright one after 0 to 3 quarter turns clockwise.
  static const signed char kTurns[4][4] = {{1, 0, 0, 1}, {0, -1, 1, 0}, {-1, 0, 0, -1}, {0, 1, -1, 0}};
  const signed char* turn = kTurns[image.quarter_turns & 3];
  View view;
  view.image = &image;
  view.width = turn[0] ? image.width : image.height;
  view.height = turn[0] ? image.height : image.width;
  view.xx = turn[0];
  view.xy = turn[1];
  view.yx = turn[2];
  view.yy = turn[3];
  view.left = view.xx + view.yx < 0 ? image.width - 1 : 0;
  view.top = view.xy + view.yy < 0 ? image.height - 1 : 0;
  if (image.mirrored) {
    view.left += (view.width - 1) * view.xx;
    view.top += (view.width - 1) * view.xy;
    view.xx = -view.xx;
    view.xy = -view.xy;
  }
  return view;
}

View cut_view(const View& view, int left, int top, int width, int height) {
  View part = view;
  part.left += left * view.xx + top * view.yx;
  part.top += left * view.xy + top * view.yy;
  part.width = width;
  part.height = height;
  return part;
}

void read_pixels(const View& view, const int* x, int count, int y, unsigned char* pixels) {
  if (view.image->format == kYuv420) {
    read_listed<Yuv>(view, x, count, y, pixels);
  } else {
    read_listed<Packed>(view, x, count, y, pixels);
  }
}

void read_block(const View& view, int left, int top, int columns, int rows,
                unsigned char* pixels) {
  if (view.image->format == kYuv420) {
    read_area<Yuv>(view, left, top, columns, rows, pixels);
  } else {
    read_area<Packed>(view, left, top, columns, rows, pixels);
  }
}

const unsigned char* direct_pixels(const View& view, int x, int y) {
  if (view.image->format != kRgba || view.xx != 1) return 0;
  return at(view.image->planes[0], view.left + x, view.top + y * view.yy, kPixel);
}

const unsigned char* loadable_pixels(const View& view, int y, ptrdiff_t* step) {
  const Image& image = *view.image;
  if (image.format == kYuv420 || view.xx == 0) return 0;
  // Behind the last pixel of three bytes there may be nothing.
  const int row = view.top + y * view.yy;
  if (image.format == kRgb && row == image.height - 1) return 0;
  const int stride = image.format == kRgb ? 3 : 4;
  *step = stride * view.xx;
  return at(image.planes[0], view.left, row, stride);
}

}  // namespace mobilegen
