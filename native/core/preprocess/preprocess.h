// An image becomes the model's input, equal to the training pipeline's to the last bit.
//
// docs/preprocessing.md has the rules; mobilegen/images is the same in Python. Everything here may
// be called from several threads at once.
#ifndef MOBILEGEN_CORE_PREPROCESS_PREPROCESS_H
#define MOBILEGEN_CORE_PREPROCESS_PREPROCESS_H

#include <stddef.h>

namespace mobilegen {

struct Output;
struct Preprocess;
struct Region;
struct View;

// Chooses the part of an upright image of `width` x `height` pixels that is used.
typedef int (*CropFunction)(const Preprocess& rule, int width, int height, Region* region);

// Resizes the part and writes it, normalised.
typedef int (*ResizeFunction)(const View& view, const Region& region, const Output& output);

// The rule holds functions, not numbers that stand for them: so the linker leaves out the methods
// that a model does not use.
struct Preprocess {
  int width;  // of the model's input
  int height;
  ResizeFunction resize;  // one of the resize_ functions below
  CropFunction crop;      // one of the crop_ functions below
  double crop_fraction;   // of crop_center, crop_center_whole and crop_central
  int resize_size;        // of crop_resized
  // A channel becomes (value / scale - mean) / std; 0..255 goes in.
  float scale;
  float mean[3];  // in the order of the model's channels
  float std[3];
  bool bgr;            // the model's channels are blue, green, red
  bool channels_last;  // nhwc, not nchw
};

// Pillow up to 12, and from 13 on.
int resize_pillow_bilinear(const View& view, const Region& region, const Output& output);
int resize_pillow_bicubic(const View& view, const Region& region, const Output& output);
int resize_pillow13_bilinear(const View& view, const Region& region, const Output& output);
int resize_pillow13_bicubic(const View& view, const Region& region, const Output& output);
int resize_opencv_linear(const View& view, const Region& region, const Output& output);
int resize_tensorflow_bilinear(const View& view, const Region& region, const Output& output);
int resize_nearest(const View& view, const Region& region, const Output& output);

// The whole image.
int crop_none(const Preprocess& rule, int width, int height, Region* region);
// The centre square of side crop_fraction * shorter side, with fractions of pixels; not for the
// OpenCV and TensorFlow methods, which take whole pixels.
int crop_center(const Preprocess& rule, int width, int height, Region* region);
// The same in whole pixels, rounded down.
int crop_center_whole(const Preprocess& rule, int width, int height, Region* region);
// The shorter side is resized to resize_size, then the centre is cut out: torchvision.
int crop_resized(const Preprocess& rule, int width, int height, Region* region);
// The largest centre part that has the model's aspect ratio: Keras's load_img and smart_resize.
int crop_aspect(const Preprocess& rule, int width, int height, Region* region);
// crop_fraction of both sides in whole pixels: tf.image.central_crop.
int crop_central(const Preprocess& rule, int width, int height, Region* region);

enum PixelFormat : int {
  kRgb,    // planes[0]: red, green, blue; one byte each
  kRgba,   // planes[0]: red, green, blue and a byte that is ignored
  kYuv420  // planes[0]: Y; planes[1], planes[2]: U and V of (width + 1) / 2 x (height + 1) / 2
};

struct Plane {
  const unsigned char* data;
  size_t size;       // bytes that may be read
  int row_stride;    // bytes from a row to the next
  int pixel_stride;  // bytes from a value to the next; used for kYuv420 only
};

struct Image {
  PixelFormat format;
  int width;  // as stored, up to kMaxImageSide
  int height;
  Plane planes[3];
  int quarter_turns;  // clockwise, to make it upright
  bool mirrored;      // after turning: left and right are swapped
};

const int kMaxImageSide = 65535;

Image rgb_image(const unsigned char* data, size_t size, int width, int height, int row_stride);
Image rgba_image(const unsigned char* data, size_t size, int width, int height, int row_stride);
// Android's ImageFormat.NV21 without padding: Y, then V and U by turns.
Image nv21_image(const unsigned char* data, size_t size, int width, int height);

// Writes the model's input: 3 * rule.width * rule.height floats. Returns a status and has called
// `fail` if it is not MOBILEGEN_OK; the output is then undefined.
int preprocess(const Preprocess& rule, const Image& image, float* output);

}  // namespace mobilegen

#endif
