// Images in, classes out.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine.h"
#include "core/error.h"
#include "core/preprocess/preprocess.h"

namespace mobilegen {
namespace {

struct Softmax {
  float largest;
  double divisor;  // 0: the scores are probabilities
};

Softmax softmax_of(const float* scores, int count) {
  Softmax softmax = {scores[0], 0};
  if (kModel.probabilities) return softmax;
  for (int i = 0; i < count; i++) {
    if (scores[i] > softmax.largest) softmax.largest = scores[i];
  }
  for (int i = 0; i < count; i++) {
    softmax.divisor += exp(static_cast<double>(scores[i]) - softmax.largest);
  }
  return softmax;
}

double probability(const Softmax& softmax, float score) {
  if (softmax.divisor == 0) return score;
  return exp(static_cast<double>(score) - softmax.largest) / softmax.divisor;
}

// The best class below `before`, or of all: higher score first, then lower index. Not-a-number
// is below everything.
bool comes_after(float score, int index, float before, int before_index) {
  return score < before || (score == before && index > before_index);
}

int next_best(const float* scores, int count, int before) {
  int best = -1;
  for (int i = 0; i < count; i++) {
    if (before >= 0 && !comes_after(scores[i], i, scores[before], before)) continue;
    if (best < 0 ? scores[i] == scores[i] : scores[i] > scores[best]) best = i;
  }
  return best;
}

int check_classes(int k, const mobilegen_class* classes) {
  if (k >= 1 && classes) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_ARGUMENT, "%d classes are asked for, or there is no place for them",
              k);
}

int check_planes(const mobilegen_image& image, Image* result) {
  memset(result, 0, sizeof(*result));
  const mobilegen_plane& first = image.planes[0];
  const unsigned char* data = static_cast<const unsigned char*>(first.data);
  switch (image.format) {
    case MOBILEGEN_RGB:
      *result = rgb_image(data, first.size, image.width, image.height, first.row_stride);
      return MOBILEGEN_OK;
    case MOBILEGEN_RGBA:
      *result = rgba_image(data, first.size, image.width, image.height, first.row_stride);
      return MOBILEGEN_OK;
    case MOBILEGEN_NV21:
      *result = nv21_image(data, first.size, image.width, image.height);
      return MOBILEGEN_OK;
    case MOBILEGEN_YUV420:
      result->format = kYuv420;
      result->width = image.width;
      result->height = image.height;
      for (int i = 0; i < 3; i++) {
        const mobilegen_plane& plane = image.planes[i];
        const Plane copy = {static_cast<const unsigned char*>(plane.data), plane.size,
                            plane.row_stride, plane.pixel_stride};
        result->planes[i] = copy;
      }
      return MOBILEGEN_OK;
    default:
      return fail(MOBILEGEN_ERROR_ARGUMENT, "unknown image format %d", image.format);
  }
}

int to_image(const mobilegen_image& image, Image* result) {
  const int status = check_planes(image, result);
  if (status != MOBILEGEN_OK) return status;
  if (image.rotation % 90 || image.rotation < 0 || image.rotation > 270) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "rotation by %d degrees; 0, 90, 180, 270 are possible",
                image.rotation);
  }
  result->quarter_turns = image.rotation / 90;
  result->mirrored = image.mirrored != 0;
  return MOBILEGEN_OK;
}

int check_model(const Model& model) {
  if (model.preprocess && model.input_count == 1) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_ARGUMENT,
              "the library was built without `preprocess`, so it takes no images");
}

int make_arrays(mobilegen_engine* engine) {
  if (engine->arrays) return MOBILEGEN_OK;
  const Model& model = *engine->model;
  size_t size = byte_room(model.inputs[0]);
  for (int i = 0; i < model.output_count; i++) size += byte_room(model.outputs[i]);
  engine->arrays = static_cast<char*>(calloc(size, 1));
  if (engine->arrays) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_MEMORY, "no memory for the arrays of a prediction");
}

int run(mobilegen_engine* engine, const void* input, char* output) {
  const Model& model = *engine->model;
  void** outputs = static_cast<void**>(calloc(model.output_count, sizeof(void*)));
  if (!outputs) return fail(MOBILEGEN_ERROR_MEMORY, "no memory for the outputs");
  for (int i = 0; i < model.output_count; i++) {
    outputs[i] = output;
    output += byte_room(model.outputs[i]);
  }
  const int status = run_locked(engine, &input, outputs);
  free(outputs);
  return status;
}

// Returns the number of classes, or a status.
int classify(mobilegen_engine* engine, const Image& image, int k, mobilegen_class* classes) {
  Lock lock(&engine->lock);
  const Model& model = *engine->model;
  int status = make_arrays(engine);
  if (status != MOBILEGEN_OK) return status;
  float* input = reinterpret_cast<float*>(engine->arrays);
  char* output = engine->arrays + byte_room(model.inputs[0]);
  const double started = now();
  status = preprocess(*model.preprocess, image, input);
  note_seconds(engine, MOBILEGEN_SECONDS_PREPROCESS, now() - started);
  if (status == MOBILEGEN_OK) status = run(engine, input, output);
  if (status != MOBILEGEN_OK) return status;
  const int count = static_cast<int>(element_count(model.outputs[0]));
  return mobilegen_top_classes(engine, reinterpret_cast<float*>(output), count, k, classes);
}

// The generated rule comes only with an input of floats; the output may be anything.
int check_scores(const Model& model) {
  if (model.outputs[0].type == MOBILEGEN_FLOAT32) return MOBILEGEN_OK;
  return fail(MOBILEGEN_ERROR_ARGUMENT, "the first output has no scores of classes");
}

}  // namespace
}  // namespace mobilegen

using namespace mobilegen;

extern "C" {

int mobilegen_top_classes(mobilegen_engine* engine, const float* scores, int count, int k,
                          mobilegen_class* classes) {
  const int status = check_classes(k, classes);
  if (status != MOBILEGEN_OK) return status;
  if (!scores || count < 1) return fail(MOBILEGEN_ERROR_ARGUMENT, "there are no scores");
  const Softmax softmax = softmax_of(scores, count);
  int found = 0;
  for (int best = -1; found < k; found++) {
    best = next_best(scores, count, best);
    if (best < 0) break;
    classes[found].index = best;
    classes[found].probability = static_cast<float>(probability(softmax, scores[best]));
    classes[found].label = mobilegen_label(engine, best);
  }
  return found;
}

int mobilegen_preprocess(const mobilegen_image* image, float* input) {
  if (!image || !input) return fail(MOBILEGEN_ERROR_ARGUMENT, "image or input is NULL");
  int status = check_model(kModel);
  Image checked;
  if (status == MOBILEGEN_OK) status = to_image(*image, &checked);
  return status == MOBILEGEN_OK ? preprocess(*kModel.preprocess, checked, input) : status;
}

int mobilegen_classify(mobilegen_engine* engine, const mobilegen_image* image, int k,
                       mobilegen_class* classes) {
  if (!engine || !image) return fail(MOBILEGEN_ERROR_ARGUMENT, "engine or image is NULL");
  int status = check_classes(k, classes);
  if (status == MOBILEGEN_OK) status = check_model(*engine->model);
  if (status == MOBILEGEN_OK) status = check_scores(*engine->model);
  Image checked;
  if (status == MOBILEGEN_OK) status = to_image(*image, &checked);
  return status == MOBILEGEN_OK ? classify(engine, checked, k, classes) : status;
}

}  // extern "C"
