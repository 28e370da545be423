// Exercises the way between the caller's arrays and the runtime's, without a runtime's library.
//
// adapt_test convert FROM TO               values of type FROM from stdin, as type TO to stdout
// adapt_test permute SIZE SIZES… AXES…     an array from stdin, with its axes in that order to stdout
// adapt_test run                           predictions with a runtime of this file
// FROM and TO are numbers of mobilegen/engine.h, SIZE the bytes of an element. The first one prints
// to stderr how many values could be carried.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/adapt.h"
#include "core/convert.h"
#include "core/error.h"
#include "core/permute.h"

using namespace mobilegen;

#define REQUIRE(condition)                                                  \
  do {                                                                      \
    if (!(condition)) {                                                     \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition);               \
      exit(1);                                                              \
    }                                                                       \
  } while (0)

namespace mobilegen {

// The runtime of this file: two inputs of 2 x 2 x 3 (channels last) and of 2, one output of each
// size: the first input doubled, the second one plus 1. It counts its runs.
struct Runtime {
  int runs;
};

int runtime_run(Runtime* runtime, const Model&, const void* const* inputs, void* const* outputs) {
  runtime->runs++;
  const float* image = static_cast<const float*>(inputs[0]);
  const int32_t* pair = static_cast<const int32_t*>(inputs[1]);
  for (int i = 0; i < 12; i++) static_cast<float*>(outputs[0])[i] = 2 * image[i];
  for (int i = 0; i < 2; i++) static_cast<int32_t*>(outputs[1])[i] = pair[i] + 1;
  return MOBILEGEN_OK;
}

}  // namespace mobilegen

namespace {

template <typename From>
Convert convert_from(int to) {
  switch (to) {
    case MOBILEGEN_FLOAT32: return convert<From, float>;
    case MOBILEGEN_FLOAT16: return convert<From, Half>;
    case MOBILEGEN_FLOAT64: return convert<From, double>;
    case MOBILEGEN_INT32: return convert<From, int32_t>;
    case MOBILEGEN_INT64: return convert<From, int64_t>;
    case MOBILEGEN_UINT8: return convert<From, uint8_t>;
    default: return convert<From, Bool>;
  }
}

Convert convert_of(int from, int to) {
  switch (from) {
    case MOBILEGEN_FLOAT32: return convert_from<float>(to);
    case MOBILEGEN_FLOAT16: return convert_from<Half>(to);
    case MOBILEGEN_FLOAT64: return convert_from<double>(to);
    case MOBILEGEN_INT32: return convert_from<int32_t>(to);
    case MOBILEGEN_INT64: return convert_from<int64_t>(to);
    case MOBILEGEN_UINT8: return convert_from<uint8_t>(to);
    default: return convert_from<Bool>(to);
  }
}

struct Bytes {
  char* data;
  size_t size;
};

Bytes read_all() {
  Bytes bytes = {0, 0};
  size_t room = 0, got = 0;
  do {
    bytes.size += got;
    if (bytes.size == room) bytes.data = static_cast<char*>(realloc(bytes.data, room += 1 << 16));
    got = fread(bytes.data + bytes.size, 1, room - bytes.size, stdin);
  } while (got);
  return bytes;
}

void run_convert(int from, int to) {
  const Bytes bytes = read_all();
  const size_t count = bytes.size / type_size(from);
  // Exactly as large as they have to be, for the sanitizers.
  char* source = static_cast<char*>(malloc(bytes.size));
  char* target = static_cast<char*>(malloc(count * type_size(to)));
  memcpy(source, bytes.data, bytes.size);
  fprintf(stderr, "%lu\n", static_cast<unsigned long>(convert_of(from, to)(source, target, count)));
  fwrite(target, type_size(to), count, stdout);
  free(target);
  free(source);
  free(bytes.data);
}

void run_permute(int count, char** arguments) {
  const int rank = (count - 1) / 2;
  int shape[kMaxRank], axes[kMaxRank];
  REQUIRE(rank >= 1 && rank <= kMaxRank);
  for (int i = 0; i < rank; i++) {
    shape[i] = atoi(arguments[1 + i]);
    axes[i] = atoi(arguments[1 + rank + i]);
  }
  const Bytes bytes = read_all();
  char* target = static_cast<char*>(malloc(bytes.size));
  permute(bytes.data, shape, axes, rank, static_cast<size_t>(atoi(arguments[0])), target);
  fwrite(target, 1, bytes.size, stdout);
  free(target);
  free(bytes.data);
}

// A model of two runs: uint8 images in channels-first order, pairs of int32 as they are, and the
// same out, the images as int64.
const int kImages[] = {2, 3, 2, 2}, kPairs[] = {2, 2}, kImage[] = {2, 2, 3}, kPair[] = {2};
const int kLast[] = {0, 2, 3, 1};

Model make_model(Tensor* inputs, Tensor* outputs) {
  const Tensor images = {"images", "0", kImages, 4, MOBILEGEN_UINT8, kImage, 3,
                         MOBILEGEN_FLOAT32, kLast, convert<uint8_t, float>};
  const Tensor pairs = {"pairs", "1", kPairs, 2, MOBILEGEN_INT32, kPair, 1,
                        MOBILEGEN_INT32, 0, 0};
  inputs[0] = images;
  inputs[1] = pairs;
  outputs[0] = images;
  outputs[0].type = MOBILEGEN_INT64;
  outputs[0].convert = convert<float, int64_t>;
  outputs[1] = pairs;
  const Model model = {inputs, 2, outputs, 2, 0, 0, 2, run_adapted, 0, 0, 0, false};
  return model;
}

void run_model() {
  Tensor inputs[2], outputs[2];
  const Model model = make_model(inputs, outputs);
  Runtime runtime = {0};
  mobilegen_engine engine;
  memset(&engine, 0, sizeof(engine));
  engine.model = &model;
  engine.runtime = &runtime;
  uint8_t images[24];
  for (int i = 0; i < 24; i++) images[i] = static_cast<uint8_t>(10 * i);
  int32_t pairs[] = {1 << 30, -5, 7, 8}, more[4] = {0};
  int64_t doubled[24];
  const void* in[] = {images, pairs};
  void* out[] = {doubled, more};
  REQUIRE(model.run(&engine, in, out) == MOBILEGEN_OK && runtime.runs == 2);
  for (int i = 0; i < 24; i++) REQUIRE(doubled[i] == 2 * images[i]);
  for (int i = 0; i < 4; i++) REQUIRE(more[i] == pairs[i] + 1);
  // What the runtime gets first: channels last.
  const void* const* adapted = 0;
  REQUIRE(adapt_inputs(&engine, in, &adapted) == MOBILEGEN_OK);
  const float* first = static_cast<const float*>(adapted[0]);
  for (int i = 0; i < 12; i++) REQUIRE(first[i] == images[i % 3 * 4 + i / 3]);
  REQUIRE(adapted[1] == pairs);
  // A value of the second run that does not fit.
  outputs[0].type = MOBILEGEN_UINT8;
  outputs[0].convert = convert<float, uint8_t>;
  uint8_t small[24];
  out[0] = small;
  REQUIRE(model.run(&engine, in, out) == MOBILEGEN_ERROR_RUN);
  REQUIRE(strstr(mobilegen_last_error(), "output images: value 1 that was computed cannot be a uint8"));
  for (int i = 0; i < 12; i++) REQUIRE(small[i] == 2 * images[i]);
  inputs[0].convert = convert<int64_t, float>;
  inputs[0].type = MOBILEGEN_INT64;
  int64_t large[24] = {0};
  large[23] = (1 << 24) + 1;
  in[0] = large;
  REQUIRE(model.run(&engine, in, out) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(strstr(mobilegen_last_error(), "input images: value 11 cannot be a float32"));
  free(engine.scratch);
}

}  // namespace

const char* mobilegen_last_error(void) { return last_error(); }

int main(int argc, char** argv) {
  REQUIRE(argc >= 2);
  if (strcmp(argv[1], "convert") == 0 && argc == 4) {
    run_convert(atoi(argv[2]), atoi(argv[3]));
  } else if (strcmp(argv[1], "permute") == 0 && argc > 3) {
    run_permute(argc - 2, argv + 2);
  } else {
    REQUIRE(strcmp(argv[1], "run") == 0);
    run_model();
    puts("ok");
  }
  return 0;
}
