// Pixels of an upright image, whatever the format and the direction in which they are stored.
#include "core/preprocess/parts.h"

namespace mobilegen {
namespace {

const int kRun = 64;  // pixels converted at once

const unsigned char* at(const Plane& plane, int x, int y, int stride) {
  return plane.data + static_cast<ptrdiff_t>(y) * plane.row_stride +
         static_cast<ptrdiff_t>(x) * stride;
}

I32x4 four(const unsigned char* bytes) {
  return __builtin_convertvector(load<U8x4>(bytes), I32x4);
}

// JFIF's YCbCr (BT.601, full range) in libjpeg's fixed point of 16 bits; all arrays have kRun
// values or pixels.
void convert_yuv(const unsigned char* y, const unsigned char* u, const unsigned char* v, int count,
                 unsigned char* pixels) {
  for (int i = 0; i < count; i += 4) {
    const I32x4 light = four(y + i), of_u = four(u + i) - 128, of_v = four(v + i) - 128;
    const I32x4 red = light + ((of_v * 91881 + 32768) >> 16);
    const I32x4 green = light + ((of_u * -22554 + of_v * -46802 + 32768) >> 16);
    const I32x4 blue = light + ((of_u * 116130 + 32768) >> 16);
    store(pixels + kPixel * i,
          clamp_to_byte(red) | clamp_to_byte(green) << 8 | clamp_to_byte(blue) << 16);
  }
}

// Reads up to kRun stored pixels: place(i) is the x and the y of the i-th.
struct Packed {
  template <class Place>
  static void read(const Image& image, const Place& place, int count, unsigned char* pixels) {
    const Plane plane = image.planes[0];
    const int stride = image.format == kRgb ? 3 : 4;
    for (int i = 0; i < count; i++) {
      const unsigned char* from = at(plane, place.x(i), place.y(i), stride);
      unsigned char* to = pixels + kPixel * i;
      to[0] = from[0];
      to[1] = from[1];
      to[2] = from[2];
    }
  }
};

struct Yuv {
  template <class Place>
  static void read(const Image& image, const Place& place, int count, unsigned char* pixels) {
    const Plane planes[3] = {image.planes[0], image.planes[1], image.planes[2]};
    unsigned char values[3][kRun];
    for (int i = 0; i < count; i++) {
      const int x = place.x(i), y = place.y(i);
      values[0][i] = *at(planes[0], x, y, planes[0].pixel_stride);
      values[1][i] = *at(planes[1], x >> 1, y >> 1, planes[1].pixel_stride);
      values[2][i] = *at(planes[2], x >> 1, y >> 1, planes[2].pixel_stride);
    }
    convert_yuv(values[0], values[1], values[2], count, pixels);
  }
};

struct Listed {
  int x(int i) const { return left + list[i] * xx; }
  int y(int i) const { return top + list[i] * xy; }
  const int* list;
  int left, top, xx, xy;
};

struct Along {
  int x(int i) const { return left + i * step; }
  int y(int) const { return top; }
  int left, top, step;
};

template <class Format>
void read_listed(const View& view, const int* x, int count, int y, unsigned char* pixels) {
  Listed place = {x, view.left + y * view.yx, view.top + y * view.yy, view.xx, view.xy};
  unsigned char run[kRun * kPixel];
  for (; count > 0; count -= kRun, place.list += kRun, pixels += sizeof(run)) {
    const int part = count < kRun ? count : kRun;
    Format::read(*view.image, place, part, run);
    memcpy(pixels, run, static_cast<size_t>(part) * kPixel);
  }
}

// Goes along stored rows, so that a turned image is not read column by column.
template <class Format>
void read_area(const View& view, int left, int top, int columns, int rows, unsigned char* pixels) {
  const bool turned = view.xx == 0;
  const int outer = turned ? columns : rows, inner = turned ? rows : columns;
  const ptrdiff_t step = turned ? static_cast<ptrdiff_t>(columns) * kPixel : kPixel;
  unsigned char run[kRun * kPixel];
  for (int i = 0; i < outer; i++) {
    const int x = turned ? left + i : left, y = turned ? top : top + i;
    Along place = {view.left + x * view.xx + y * view.yx, view.top + x * view.xy + y * view.yy,
                   turned ? view.yx : view.xx};
    unsigned char* to = pixels + static_cast<ptrdiff_t>(i) * kPixel * (turned ? 1 : columns);
    for (int rest = inner; rest > 0; rest -= kRun, place.left += kRun * place.step) {
      const int part = rest < kRun ? rest : kRun;
      Format::read(*view.image, place, part, run);
      for (int k = 0; k < part; k++, to += step) memcpy(to, run + kPixel * k, kPixel);
    }
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
