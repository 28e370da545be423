// Which part of an image a model sees.
#include "core/error.h"
#include "core/preprocess/parts.h"
#include "mobilegen/engine.h"

namespace mobilegen {
namespace {

int set_box(const Preprocess& rule, double left, double top, double width, double height,
            Region* region) {
  region->box[0] = static_cast<float>(left);
  region->box[1] = static_cast<float>(top);
  region->box[2] = static_cast<float>(left + width);
  region->box[3] = static_cast<float>(top + height);
  region->width = rule.width;
  region->height = rule.height;
  region->left = 0;
  region->top = 0;
  return MOBILEGEN_OK;
}

int smaller(int a, int b) { return a < b ? a : b; }

// Half of a number, as Python's round: halves to the even neighbour.
int round_half(int n) {
  const int half = n / 2;
  return n % 2 ? half + half % 2 : half;
}

}  // namespace

int crop_none(const Preprocess& rule, int width, int height, Region* region) {
  return set_box(rule, 0, 0, width, height, region);
}

int crop_center(const Preprocess& rule, int width, int height, Region* region) {
  const double side = rule.crop_fraction * smaller(width, height);
  return set_box(rule, (width - side) / 2, (height - side) / 2, side, side, region);
}

int crop_center_whole(const Preprocess& rule, int width, int height, Region* region) {
  int side = static_cast<int>(rule.crop_fraction * smaller(width, height));
  if (side < 1) side = 1;
  return set_box(rule, (width - side) / 2, (height - side) / 2, side, side, region);
}

int crop_resized(const Preprocess& rule, int width, int height, Region* region) {
  const bool upright = width <= height;
  const long long shorter = upright ? width : height, longer = upright ? height : width;
  const long long resized = rule.resize_size * longer / shorter;
  if (resized > kMaxImageSide) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "an image of %d x %d pixels is too elongated", width,
                height);
  }
  set_box(rule, 0, 0, width, height, region);
  region->width = upright ? rule.resize_size : static_cast<int>(resized);
  region->height = upright ? static_cast<int>(resized) : rule.resize_size;
  region->left = round_half(region->width - rule.width);
  region->top = round_half(region->height - rule.height);
  return MOBILEGEN_OK;
}

int crop_aspect(const Preprocess& rule, int width, int height, Region* region) {
  const long long tall = static_cast<long long>(width) * rule.height / rule.width;
  const long long wide = static_cast<long long>(height) * rule.width / rule.height;
  const int part_height = tall < height ? static_cast<int>(tall) : height;
  const int part_width = wide < width ? static_cast<int>(wide) : width;
  if (part_height < 1 || part_width < 1) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "an image of %d x %d pixels is too elongated", width,
                height);
  }
  return set_box(rule, (width - part_width) / 2, (height - part_height) / 2, part_width,
                 part_height, region);
}

int crop_central(const Preprocess& rule, int width, int height, Region* region) {
  const int left = static_cast<int>((width - width * rule.crop_fraction) / 2);
  const int top = static_cast<int>((height - height * rule.crop_fraction) / 2);
  return set_box(rule, left, top, width - 2 * left, height - 2 * top, region);
}

}  // namespace mobilegen
