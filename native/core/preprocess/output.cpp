// Normalisation, channel order and layout.
#include "core/preprocess/parts.h"

namespace mobilegen {
namespace {

// Three roundings, as numpy's: a product with the reciprocal would have other bits.
float normalize(float value, const Output& output, int i) {
  return (value / output.scale - output.mean[i]) / output.std[i];
}

}  // namespace

void make_output(const Preprocess& rule, float* data, Output* output) {
  const size_t width = static_cast<size_t>(rule.width);
  const size_t area = width * static_cast<size_t>(rule.height);
  output->data = data;
  output->width = rule.width;
  output->height = rule.height;
  output->scale = rule.scale;
  output->column = rule.channels_last ? 3 : 1;
  output->row = rule.channels_last ? 3 * width : width;
  for (int i = 0; i < 3; i++) {
    const int place = rule.bgr ? 2 - i : i;
    output->channel[i] = rule.channels_last ? static_cast<size_t>(place) : place * area;
    output->mean[i] = rule.mean[place];
    output->std[i] = rule.std[place];
    for (int v = 0; v < 256; v++) {
      output->table[i][v] = normalize(static_cast<float>(v), *output, i);
    }
  }
}

void write_bytes(const Output& output, int y, const unsigned char* pixels) {
  for (int i = 0; i < 3; i++) {
    float* to = output.data + output.channel[i] + static_cast<size_t>(y) * output.row;
    const float* table = output.table[i];
    for (int x = 0; x < output.width; x++, to += output.column) *to = table[pixels[kPixel * x + i]];
  }
}

void write_floats(const Output& output, int y, const float* pixels) {
  for (int i = 0; i < 3; i++) {
    float* to = output.data + output.channel[i] + static_cast<size_t>(y) * output.row;
    for (int x = 0; x < output.width; x++, to += output.column) {
      *to = normalize(pixels[kPixel * x + i], output, i);
    }
  }
}

}  // namespace mobilegen
