// Preprocessing behind one plain function: called by ctypes and in emulators, or, as a program,
// for every case of a file. tests/preprocess_native.py writes the cases.
#include "core/preprocess/preprocess.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/preprocess/parts.h"
#include "mobilegen/engine.h"

using namespace mobilegen;

namespace {

const ResizeFunction kResizes[] = {resize_pillow_bilinear, resize_pillow_bicubic,
                                   resize_opencv_linear, resize_tensorflow_bilinear,
                                   resize_nearest,         resize_pillow13_bilinear,
                                   resize_pillow13_bicubic};

struct Plan {
  int32_t resize, crop;  // indexes; crop 0 is `box`
  int32_t width, height, resize_size, bgr, channels_last;
  int32_t format, image_width, image_height, turns, mirrored;  // format 3: nv21
  int32_t row_strides[3], pixel_strides[3], offsets[3], sizes[3];
  int32_t window[4];  // for crop 0: size of the whole picture, and where the output is in it
  float box[4];
  float scale, mean[3], std[3];
  int32_t unused;
  double crop_fraction;
};

// The box of the running case; tests run one at a time.
const Plan* running;

int crop_box(const Preprocess&, int, int, Region* region) {
  for (int i = 0; i < 4; i++) region->box[i] = running->box[i];
  region->width = running->window[0];
  region->height = running->window[1];
  region->left = running->window[2];
  region->top = running->window[3];
  return MOBILEGEN_OK;
}

const CropFunction kCrops[] = {crop_box,     crop_none,   crop_center, crop_center_whole,
                               crop_resized, crop_aspect, crop_central};

Image make_image(const Plan& plan, const unsigned char* data, size_t size) {
  if (plan.format == 3) return nv21_image(data, size, plan.image_width, plan.image_height);
  Image image = {};
  image.format = static_cast<PixelFormat>(plan.format);
  image.width = plan.image_width;
  image.height = plan.image_height;
  for (int i = 0; i < 3; i++) {
    image.planes[i].data = data ? data + plan.offsets[i] : 0;
    image.planes[i].size = static_cast<size_t>(plan.sizes[i]);
    image.planes[i].row_stride = plan.row_strides[i];
    image.planes[i].pixel_stride = plan.pixel_strides[i];
  }
  return image;
}

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT int preprocess_test_run(const Plan* plan, const unsigned char* data, size_t size,
                               float* output) {
  running = plan;
  Preprocess rule = {};
  rule.width = plan->width;
  rule.height = plan->height;
  rule.resize = kResizes[plan->resize];
  rule.crop = kCrops[plan->crop];
  rule.crop_fraction = plan->crop_fraction;
  rule.resize_size = plan->resize_size;
  rule.scale = plan->scale;
  for (int i = 0; i < 3; i++) {
    rule.mean[i] = plan->mean[i];
    rule.std[i] = plan->std[i];
  }
  rule.bgr = plan->bgr != 0;
  rule.channels_last = plan->channels_last != 0;
  Image image = make_image(*plan, data, size);
  image.quarter_turns = plan->turns;
  image.mirrored = plan->mirrored != 0;
  return preprocess(rule, image, output);
}

EXPORT const char* preprocess_test_error(void) { return last_error(); }
EXPORT size_t preprocess_test_plan_size(void) { return sizeof(Plan); }

#ifdef PREPROCESS_TEST_MAIN
// Cases: a plan, the number of bytes as 8 bytes, the bytes; results: status and floats.
int main(int argc, char** argv) {
  FILE* cases = argc == 3 ? fopen(argv[1], "rb") : 0;
  FILE* results = argc == 3 ? fopen(argv[2], "wb") : 0;
  if (!cases || !results) return 2;
  Plan plan;
  while (fread(&plan, sizeof(plan), 1, cases) == 1) {
    uint64_t size = 0;
    if (fread(&size, sizeof(size), 1, cases) != 1) return 3;
    // Exactly as large as needed, so that the sanitizer sees a read beyond.
    unsigned char* data = static_cast<unsigned char*>(malloc(size));
    const size_t count = 3 * static_cast<size_t>(plan.width) * plan.height;
    float* output = static_cast<float*>(calloc(count, sizeof(float)));
    if (!data || !output || fread(data, 1, size, cases) != size) return 4;
    const int32_t status = preprocess_test_run(&plan, data, size, output);
    fwrite(&status, sizeof(status), 1, results);
    fwrite(output, sizeof(float), count, results);
    free(data);
    free(output);
  }
  fclose(cases);
  return fclose(results) == 0 ? 0 : 5;
}
#endif
