// Checks of what is given, and the order of the steps.
#include "core/preprocess/preprocess.h"

#include <stdint.h>

#include "core/error.h"
#include "core/preprocess/parts.h"
#include "mobilegen/engine.h"

namespace mobilegen {
namespace {

int check_plane(const Plane& plane, int index, int columns, int rows, int pixel, int stride) {
  if (!plane.data) return fail(MOBILEGEN_ERROR_ARGUMENT, "plane %d of the image is NULL", index);
  if (stride < pixel || plane.row_stride < 1) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "plane %d of the image has strides %d and %d", index,
                plane.row_stride, stride);
  }
  // No overflow: sides have at most 16 bits, strides 31.
  const uint64_t needed = static_cast<uint64_t>(rows - 1) * plane.row_stride +
                          static_cast<uint64_t>(columns - 1) * stride + pixel;
  if (needed <= plane.size && plane.size <= static_cast<size_t>(PTRDIFF_MAX)) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_ARGUMENT, "plane %d of the image has %lu bytes instead of %lu", index,
              static_cast<unsigned long>(plane.size), static_cast<unsigned long>(needed));
}

int check_image(const Image& image) {
  const int width = image.width, height = image.height;
  if (width < 1 || height < 1 || width > kMaxImageSide || height > kMaxImageSide) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "an image of %d x %d pixels; 1 to %d are possible",
                width, height, kMaxImageSide);
  }
  if (image.format == kRgb) return check_plane(image.planes[0], 0, width, height, 3, 3);
  if (image.format == kRgba) return check_plane(image.planes[0], 0, width, height, 4, 4);
  if (image.format != kYuv420) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "unknown pixel format %d", image.format);
  }
  const Plane* planes = image.planes;
  int status = check_plane(planes[0], 0, width, height, 1, planes[0].pixel_stride);
  for (int i = 1; i < 3 && status == MOBILEGEN_OK; i++) {
    status = check_plane(planes[i], i, (width + 1) / 2, (height + 1) / 2, 1,
                         planes[i].pixel_stride);
  }
  return status;
}

Image packed_image(PixelFormat format, const unsigned char* data, size_t size, int width,
                   int height, int row_stride) {
  Image image = {};
  image.format = format;
  image.width = width;
  image.height = height;
  image.planes[0].data = data;
  image.planes[0].size = size;
  image.planes[0].row_stride = row_stride;
  return image;
}

// The rest of `data` from `start` on, or nothing.
Plane rest(const unsigned char* data, size_t size, uint64_t start, int row_stride) {
  Plane plane = {0, 0, row_stride, 2};
  if (data && start < size) {
    plane.data = data + static_cast<size_t>(start);
    plane.size = size - static_cast<size_t>(start);
  }
  return plane;
}

}  // namespace

Image rgb_image(const unsigned char* data, size_t size, int width, int height, int row_stride) {
  return packed_image(kRgb, data, size, width, height, row_stride);
}

Image rgba_image(const unsigned char* data, size_t size, int width, int height, int row_stride) {
  return packed_image(kRgba, data, size, width, height, row_stride);
}

Image nv21_image(const unsigned char* data, size_t size, int width, int height) {
  Image image = packed_image(kYuv420, data, size, width, height, width);
  image.planes[0].pixel_stride = 1;
  const bool usable = width > 0 && height > 0 && width <= kMaxImageSide && height <= kMaxImageSide;
  const uint64_t start = usable ? static_cast<uint64_t>(width) * height : 0;
  const int chroma_stride = usable ? (width + 1) / 2 * 2 : 2;
  image.planes[1] = rest(data, size, start + 1, chroma_stride);
  image.planes[2] = rest(data, size, start, chroma_stride);
  return image;
}

int preprocess(const Preprocess& rule, const Image& image, float* data) {
  if (!data) return fail(MOBILEGEN_ERROR_ARGUMENT, "the output of preprocessing is NULL");
  int status = check_image(image);
  if (status != MOBILEGEN_OK) return status;
  const View view = make_view(image);
  Region region;
  status = rule.crop(rule, view.width, view.height, &region);
  if (status != MOBILEGEN_OK) return status;
  Output output;
  make_output(rule, data, &output);
  return rule.resize(view, region, output);
}

void* Buffer::allocate(size_t count, size_t size) {
  const size_t alignment = sizeof(I32x4);
  free(data_);
  data_ = count <= (SIZE_MAX - alignment) / size ? calloc(1, count * size + alignment) : 0;
  if (!data_) {
    fail(MOBILEGEN_ERROR_MEMORY, "no memory to resize an image");
    return 0;
  }
  // malloc aligns to 8 bytes only on 32-bit Android.
  return static_cast<char*>(data_) + (alignment - reinterpret_cast<uintptr_t>(data_) % alignment);
}

}  // namespace mobilegen
