// Exercises the C interface under sanitizers: good files, bad files, wrong arguments, threads.
//
// engine_test PARAMS WEIGHTS INPUTS OUTPUTS SCRATCH
//   INPUTS, OUTPUTS  all arrays of one prediction, one after the other, in the types of the model
//   SCRATCH          folder for damaged copies
// Returns 0 and prints the largest difference, or 1 and what was wrong.
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mobilegen/engine.h"

namespace {

const int kMaxTensors = 16;
const int kGuard = 64;
const char kGuardValue = 0x5A;
const float kTolerance = 1e-3f;

#define REQUIRE(condition)                                                                \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      printf("line %d: %s (last error: %s)\n", __LINE__, #condition, mobilegen_last_error()); \
      exit(1);                                                                            \
    }                                                                                     \
  } while (0)

struct Bytes {
  char* data;
  size_t size;
};

Bytes read_file(const char* path) {
  FILE* file = fopen(path, "rb");
  REQUIRE(file);
  fseek(file, 0, SEEK_END);
  Bytes bytes = {0, (size_t)ftell(file)};
  rewind(file);
  bytes.data = (char*)malloc(bytes.size ? bytes.size : 1);
  REQUIRE(fread(bytes.data, 1, bytes.size, file) == bytes.size);
  fclose(file);
  return bytes;
}

void write_file(const char* path, const char* data, size_t size) {
  FILE* file = fopen(path, "wb");
  REQUIRE(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

size_t count(const int* shape, int rank) {
  size_t product = 1;
  for (int i = 0; i < rank; i++) product *= (size_t)shape[i];
  return product;
}

size_t size_of(int type) {
  static const size_t sizes[MOBILEGEN_TYPES] = {4, 2, 8, 4, 8, 1, 1};
  REQUIRE(type >= 0 && type < MOBILEGEN_TYPES);
  return sizes[type];
}

size_t input_size(const mobilegen_engine* engine, int i) {
  return size_of(mobilegen_input_type(engine, i)) *
         count(mobilegen_input_shape(engine, i), mobilegen_input_rank(engine, i));
}

size_t output_size(const mobilegen_engine* engine, int i) {
  return size_of(mobilegen_output_type(engine, i)) *
         count(mobilegen_output_shape(engine, i), mobilegen_output_rank(engine, i));
}

// Arrays of a prediction; each output is followed by a guard.
struct Arrays {
  void* inputs[kMaxTensors];
  void* outputs[kMaxTensors];
  size_t sizes[kMaxTensors];
  int types[kMaxTensors];
  int input_count, output_count;
};

Arrays make_arrays(const mobilegen_engine* engine, const char* values) {
  Arrays arrays;
  arrays.input_count = mobilegen_input_count(engine);
  for (int i = 0; i < arrays.input_count; i++) {
    const size_t size = input_size(engine, i);
    arrays.inputs[i] = malloc(size);
    memcpy(arrays.inputs[i], values, size);
    values += size;
  }
  arrays.output_count = mobilegen_output_count(engine);
  for (int i = 0; i < arrays.output_count; i++) {
    arrays.sizes[i] = output_size(engine, i);
    arrays.types[i] = mobilegen_output_type(engine, i);
    arrays.outputs[i] = memset(malloc(arrays.sizes[i] + kGuard), kGuardValue, arrays.sizes[i] + kGuard);
  }
  return arrays;
}

float compare_floats(const void* seen, const void* expected, size_t size) {
  float worst = 0;
  for (size_t k = 0; k < size; k += sizeof(float)) {
    float one, other;
    memcpy(&one, (const char*)seen + k, sizeof(float));
    memcpy(&other, (const char*)expected + k, sizeof(float));
    const float difference = fabsf(one - other);
    REQUIRE(difference <= kTolerance);
    if (difference > worst) worst = difference;
  }
  return worst;
}

// Other types than 32-bit floats have to be the same.
float check_outputs(const Arrays& arrays, const char* expected) {
  float worst = 0;
  for (int i = 0; i < arrays.output_count; i++) {
    const char* seen = (const char*)arrays.outputs[i];
    const size_t size = arrays.sizes[i];
    if (arrays.types[i] == MOBILEGEN_FLOAT32) {
      worst = fmaxf(worst, compare_floats(seen, expected, size));
    } else {
      REQUIRE(memcmp(seen, expected, size) == 0);
    }
    for (int k = 0; k < kGuard; k++) REQUIRE(seen[size + k] == kGuardValue);
    expected += size;
  }
  return worst;
}

void free_arrays(const Arrays& arrays) {
  for (int i = 0; i < arrays.input_count; i++) free(arrays.inputs[i]);
  for (int i = 0; i < arrays.output_count; i++) free(arrays.outputs[i]);
}

int predict(mobilegen_engine* engine, const Arrays& arrays) {
  return mobilegen_predict(engine, (const void* const*)arrays.inputs, arrays.outputs);
}

int open_paths(const char* params, const char* weights, mobilegen_engine** engine) {
  mobilegen_file files[2];
  memset(files, 0, sizeof(files));
  files[0].path = params;
  files[1].path = weights;
  return mobilegen_open(files, 2, 1, engine);
}

void check_wrong_arguments(mobilegen_engine* engine) {
  const void* no_inputs[kMaxTensors] = {0};
  void* no_outputs[kMaxTensors] = {0};
  REQUIRE(mobilegen_predict(0, no_inputs, no_outputs) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_predict(engine, 0, no_outputs) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_predict(engine, no_inputs, no_outputs) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(strstr(mobilegen_last_error(), "input array 0"));
  REQUIRE(mobilegen_set_threads(engine, 0) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_set_threads(engine, MOBILEGEN_MAX_THREADS + 1) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_set_threads(0, 1) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_input_count(0) == 0 && mobilegen_output_count(0) == 0);
  const int beyond = mobilegen_input_count(engine);
  REQUIRE(!mobilegen_input_name(engine, beyond) && !mobilegen_input_name(engine, -1));
  REQUIRE(mobilegen_input_rank(engine, beyond) == -1 && !mobilegen_input_shape(engine, beyond));
  REQUIRE(mobilegen_output_rank(engine, 1000) == -1 && !mobilegen_output_shape(engine, 1000));
  REQUIRE(!mobilegen_output_name(engine, 1000));
  REQUIRE(mobilegen_input_type(engine, beyond) == -1 && mobilegen_input_type(0, 0) == -1);
  REQUIRE(mobilegen_output_type(engine, -1) == -1 && mobilegen_output_type(0, 0) == -1);
  REQUIRE(mobilegen_file_count() == 2 && mobilegen_file_name(1));
  REQUIRE(!mobilegen_file_name(2) && !mobilegen_file_name(-1));
  REQUIRE(mobilegen_last_seconds(0, 0) < 0 && mobilegen_last_seconds(engine, 2) < 0);
  mobilegen_class classes[1];
  mobilegen_image image;
  memset(&image, 0, sizeof(image));
  REQUIRE(mobilegen_classify(0, &image, 1, classes) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_classify(engine, 0, 1, classes) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_classify(engine, &image, 1, classes) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_preprocess(0, 0) == MOBILEGEN_ERROR_ARGUMENT);
  mobilegen_engine* embedded = (mobilegen_engine*)1;
  REQUIRE(mobilegen_open_embedded(1, &embedded) == MOBILEGEN_ERROR_ARGUMENT && !embedded);
  mobilegen_close(0);
}

int try_open(const char* params, const char* weights) {
  mobilegen_engine* engine = (mobilegen_engine*)1;
  const int status = open_paths(params, weights, &engine);
  REQUIRE((status == MOBILEGEN_OK) == (engine != 0));
  REQUIRE(status == MOBILEGEN_OK || mobilegen_last_error()[0]);
  mobilegen_close(engine);
  return status;
}

void check_bad_files(const char* params, const char* weights, const char* scratch) {
  char path[4096];
  REQUIRE(try_open(params, weights) == MOBILEGEN_OK);
  REQUIRE(open_paths(params, weights, 0) == MOBILEGEN_ERROR_ARGUMENT);
  // Neither a path nor memory: part of an open file, without bytes.
  REQUIRE(try_open(params, 0) != MOBILEGEN_OK);
  mobilegen_file files[3];
  memset(files, 0, sizeof(files));
  for (int i = 0; i < 3; i++) files[i].path = i ? weights : params;
  mobilegen_engine* engine = (mobilegen_engine*)1;
  const int counts[] = {-1, 0, 1, 3};
  for (int i = 0; i < 4; i++) {
    REQUIRE(mobilegen_open(files, counts[i], 1, &engine) == MOBILEGEN_ERROR_ARGUMENT && !engine);
    REQUIRE(strstr(mobilegen_last_error(), "files are given"));
  }
  REQUIRE(mobilegen_open(0, 2, 1, &engine) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_open(files, 2, 0, &engine) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_open(files, 2, MOBILEGEN_MAX_THREADS + 1, &engine) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(try_open(scratch, weights) == MOBILEGEN_ERROR_FILE);
  snprintf(path, sizeof(path), "%s/absent", scratch);
  REQUIRE(try_open(path, weights) == MOBILEGEN_ERROR_FILE);
  REQUIRE(try_open(params, path) == MOBILEGEN_ERROR_FILE);
  REQUIRE(try_open(weights, params) == MOBILEGEN_ERROR_MODEL);
  snprintf(path, sizeof(path), "%s/pipe", scratch);
  REQUIRE(mkfifo(path, 0600) == 0);
  REQUIRE(try_open(path, weights) == MOBILEGEN_ERROR_FILE);
  snprintf(path, sizeof(path), "%s/damaged", scratch);
  write_file(path, "", 0);
  REQUIRE(try_open(path, weights) == MOBILEGEN_ERROR_FILE);
  REQUIRE(try_open(params, path) == MOBILEGEN_ERROR_FILE);
}

void check_damaged_params(const char* params, const char* weights, const char* scratch) {
  char path[4096];
  snprintf(path, sizeof(path), "%s/damaged", scratch);
  const Bytes good = read_file(params);
  for (size_t size = 1; size < good.size; size += 1 + good.size / 50) {
    write_file(path, good.data, size);
    REQUIRE(try_open(path, weights) == MOBILEGEN_ERROR_MODEL);
  }
  for (size_t at = 0; at < good.size; at += 1 + good.size / 50) {
    good.data[at] ^= 1;
    write_file(path, good.data, good.size);
    REQUIRE(try_open(path, weights) == MOBILEGEN_ERROR_MODEL);
    good.data[at] ^= 1;
  }
  free(good.data);
}

void check_damaged_weights(const char* params, const char* weights, const char* scratch) {
  char path[4096];
  snprintf(path, sizeof(path), "%s/damaged", scratch);
  const Bytes good = read_file(weights);
  const size_t sizes[] = {1, 3, 4, 5, good.size / 2, good.size - 1};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
    write_file(path, good.data, sizes[i]);
    REQUIRE(try_open(params, path) == MOBILEGEN_ERROR_MODEL);
  }
  for (size_t at = 0; at < good.size; at += 1 + good.size / 20) {
    good.data[at] ^= 1;
    write_file(path, good.data, good.size);
    REQUIRE(try_open(params, path) == MOBILEGEN_ERROR_MODEL);
    good.data[at] ^= 1;
  }
  free(good.data);
}

// `folder` has the files of the model by their names.
void check_folder(const char* folder, const char* scratch) {
  mobilegen_engine* engine = (mobilegen_engine*)1;
  REQUIRE(mobilegen_open_folder(0, 1, &engine) == MOBILEGEN_ERROR_ARGUMENT && !engine);
  REQUIRE(mobilegen_open_folder(folder, 1, 0) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_open_folder(folder, 65, &engine) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_open_folder(scratch, 1, &engine) == MOBILEGEN_ERROR_FILE);
  char* longest = (char*)calloc(8001, 1);
  memset(longest, 'x', 8000);
  REQUIRE(mobilegen_open_folder(longest, 1, &engine) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(strstr(mobilegen_last_error(), "too long"));
  free(longest);
  REQUIRE(mobilegen_open_folder(folder, 2, &engine) == MOBILEGEN_OK && engine);
  mobilegen_close(engine);
}

int open_memory(const void* params, size_t params_size, const void* weights, size_t weights_size,
                mobilegen_engine** engine) {
  mobilegen_file files[2];
  memset(files, 0, sizeof(files));
  files[0].data = params;
  files[0].size = params_size;
  files[1].data = weights;
  files[1].size = weights_size;
  return mobilegen_open(files, 2, 1, engine);
}

int try_memory(const void* params, size_t params_size, const void* weights, size_t weights_size) {
  mobilegen_engine* engine = (mobilegen_engine*)1;
  const int status = open_memory(params, params_size, weights, weights_size, &engine);
  REQUIRE((status == MOBILEGEN_OK) == (engine != 0));
  mobilegen_close(engine);
  return status;
}

void check_memory(const Bytes& params, const Bytes& weights) {
  const char *p = params.data, *w = weights.data;
  REQUIRE(try_memory(p, params.size, w, weights.size) == MOBILEGEN_OK);
  REQUIRE(try_memory(0, params.size, w, weights.size) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(try_memory(p, params.size, 0, weights.size) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(try_memory(p, 0, w, weights.size) == MOBILEGEN_ERROR_FILE);
  REQUIRE(try_memory(p, params.size - 1, w, weights.size) == MOBILEGEN_ERROR_MODEL);
  REQUIRE(try_memory(p, params.size, w, weights.size - 1) == MOBILEGEN_ERROR_MODEL);
  REQUIRE(open_memory(p, params.size, w, weights.size, 0) == MOBILEGEN_ERROR_ARGUMENT);
  // Not where floats may begin.
  char* moved = (char*)malloc(weights.size + 1);
  memcpy(moved + 1, w, weights.size);
  REQUIRE(try_memory(p, params.size, moved + 1, weights.size) == MOBILEGEN_OK);
  free(moved);
}

int try_parts(int params, int64_t at, int64_t length, int weights, int64_t at2, int64_t length2) {
  mobilegen_engine* engine = (mobilegen_engine*)1;
  mobilegen_file files[2];
  memset(files, 0, sizeof(files));
  files[0].descriptor = params;
  files[0].offset = at;
  files[0].length = length;
  files[1].descriptor = weights;
  files[1].offset = at2;
  files[1].length = length2;
  const int status = mobilegen_open(files, 2, 1, &engine);
  REQUIRE((status == MOBILEGEN_OK) == (engine != 0));
  mobilegen_close(engine);
  return status;
}

// Both files inside of one, as in an APK; the weights at every alignment.
void check_parts(const Bytes& params, const Bytes& weights, const char* scratch) {
  char path[4096];
  snprintf(path, sizeof(path), "%s/package", scratch);
  for (int64_t before = 70001; before < 70005; before++) {
    FILE* file = fopen(path, "wb");
    const int64_t p = (int64_t)params.size, w = (int64_t)weights.size;
    for (int64_t i = 0; i < before; i++) fputc('x', file);
    REQUIRE(fwrite(weights.data, 1, weights.size, file) == weights.size);
    REQUIRE(fwrite(params.data, 1, params.size, file) == params.size && fclose(file) == 0);
    const int fd = open(path, O_RDONLY);
    lseek(fd, 17, SEEK_SET);
    REQUIRE(try_parts(fd, before + w, -1, fd, before, w) == MOBILEGEN_OK);
    REQUIRE(try_parts(fd, before + w, p, fd, before, w) == MOBILEGEN_OK);
    REQUIRE(lseek(fd, 0, SEEK_CUR) == 17);
    REQUIRE(try_parts(fd, before, p, fd, before, w) == MOBILEGEN_ERROR_MODEL);
    REQUIRE(try_parts(fd, before + w, p, fd, before + 1, w) == MOBILEGEN_ERROR_MODEL);
    REQUIRE(try_parts(fd, before + w, p, fd, before, w + p + 1) == MOBILEGEN_ERROR_ARGUMENT);
    REQUIRE(try_parts(fd, -1, -1, fd, before, w) == MOBILEGEN_ERROR_ARGUMENT);
    REQUIRE(try_parts(fd, before + w, 0, fd, before, w) == MOBILEGEN_ERROR_ARGUMENT);
    REQUIRE(try_parts(fd, INT64_MAX, 1, fd, before, w) == MOBILEGEN_ERROR_ARGUMENT);
    REQUIRE(try_parts(fd, before + w, p, fd, 1, INT64_MAX) == MOBILEGEN_ERROR_ARGUMENT);
    close(fd);
    REQUIRE(try_parts(fd, before + w, p, fd, before, w) == MOBILEGEN_ERROR_FILE);
  }
  REQUIRE(try_parts(-1, 0, -1, -1, 0, -1) == MOBILEGEN_ERROR_FILE);
}

void check_top_classes() {
  mobilegen_class classes[4];
  const float logits[] = {1, 3, NAN, 3, -INFINITY};
  REQUIRE(mobilegen_top_classes(0, logits, 5, 4, classes) == 4);
  REQUIRE(classes[0].index == 1 && classes[1].index == 3 && classes[2].index == 0);
  REQUIRE(classes[3].index == 4 && !classes[0].label);
  const float two[] = {0, 1};
  REQUIRE(mobilegen_top_classes(0, two, 2, 4, classes) == 2);
  REQUIRE(fabsf(classes[0].probability - 0.731059f) < 1e-6f);
  REQUIRE(mobilegen_top_classes(0, 0, 2, 1, classes) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_top_classes(0, two, 0, 1, classes) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_top_classes(0, two, 2, 0, classes) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_top_classes(0, two, 2, 1, 0) == MOBILEGEN_ERROR_ARGUMENT);
}

// A name for each class: "0", "10", "20" and so on.
char* numbered_lines(int count, const char* end) {
  char* text = (char*)malloc((size_t)count * 16 + 1);
  char* to = text;
  for (int i = 0; i < count; i++) to += sprintf(to, "%d%s", 10 * i, end);
  return text;
}

void check_labels(const char* params, const char* weights, const char* scratch) {
  mobilegen_engine* engine = 0;
  REQUIRE(open_paths(params, weights, &engine) == MOBILEGEN_OK);
  int count = 1;
  for (int i = 0; i < mobilegen_output_rank(engine, 0); i++) {
    count *= mobilegen_output_shape(engine, 0)[i];
  }
  char* lines = numbered_lines(count, "\r\n");
  const size_t size = strlen(lines);
  REQUIRE(!mobilegen_label(engine, 0) && !mobilegen_label(0, 0));
  REQUIRE(mobilegen_set_labels(0, lines, size) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_set_labels(engine, 0, size) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_set_labels(engine, lines, 0) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_set_labels(engine, lines, size + 1) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(mobilegen_set_labels(engine, "a\nb", 3) == MOBILEGEN_ERROR_ARGUMENT || count == 2);
  REQUIRE(mobilegen_load_labels(engine, "/nowhere") == MOBILEGEN_ERROR_FILE);
  REQUIRE(mobilegen_load_labels(engine, 0) == MOBILEGEN_ERROR_ARGUMENT);
  char path[4096];
  snprintf(path, sizeof(path), "%s/labels", scratch);
  FILE* file = fopen(path, "wb");
  REQUIRE(file && fwrite(lines, 1, size - 2, file) == size - 2 && fclose(file) == 0);
  REQUIRE(mobilegen_load_labels(engine, path) == MOBILEGEN_OK);
  REQUIRE(mobilegen_load_labels(engine, path) == MOBILEGEN_ERROR_ARGUMENT);
  char last[16];
  snprintf(last, sizeof(last), "%d", 10 * (count - 1));
  REQUIRE(strcmp(mobilegen_label(engine, 0), "0") == 0);
  REQUIRE(strcmp(mobilegen_label(engine, count - 1), last) == 0);
  REQUIRE(!mobilegen_label(engine, -1) && !mobilegen_label(engine, count));
  mobilegen_class best;
  const float scores[] = {0, 1};
  REQUIRE(mobilegen_top_classes(engine, scores, 2, 1, &best) == 1);
  REQUIRE(strcmp(best.label, "10") == 0);
  free(lines);
  mobilegen_close(engine);
}

struct Job {
  const char* params;
  const char* weights;
  mobilegen_engine* engine;
  const char* inputs;
  const char* expected;
};

void* predict_often(void* argument) {
  const Job* job = (const Job*)argument;
  for (int i = 0; i < 5; i++) {
    const Arrays arrays = make_arrays(job->engine, job->inputs);
    REQUIRE(predict(job->engine, arrays) == MOBILEGEN_OK);
    check_outputs(arrays, job->expected);
    free_arrays(arrays);
    REQUIRE(mobilegen_set_threads(job->engine, 1 + i % 3) == MOBILEGEN_OK);
  }
  // Each thread has a text of its own.
  REQUIRE(mobilegen_last_error()[0] == 0);
  REQUIRE(mobilegen_set_threads(job->engine, -7) == MOBILEGEN_ERROR_ARGUMENT);
  REQUIRE(strstr(mobilegen_last_error(), "-7"));
  return 0;
}

const int kThreads = 8;

void check_threads(Job* job) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; i++) pthread_create(&threads[i], 0, predict_often, job);
  for (int i = 0; i < kThreads; i++) pthread_join(threads[i], 0);
}

// Engines side by side, each with threads of its own.
void* own_engine(void* argument) {
  Job job = *(const Job*)argument;
  REQUIRE(open_paths(job.params, job.weights, &job.engine) == MOBILEGEN_OK);
  predict_often(&job);
  REQUIRE(mobilegen_last_seconds(job.engine, MOBILEGEN_SECONDS_PREDICT) > 0);
  mobilegen_close(job.engine);
  return 0;
}

void check_engines(Job* job) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; i++) pthread_create(&threads[i], 0, own_engine, job);
  for (int i = 0; i < kThreads; i++) pthread_join(threads[i], 0);
}

}  // namespace

int main(int argc, char** argv) {
  REQUIRE(argc == 6);
  const char *params = argv[1], *weights = argv[2], *scratch = argv[5];
  const Bytes inputs = read_file(argv[3]), outputs = read_file(argv[4]);
  const char *values = inputs.data, *expected = outputs.data;

  char folder[4096];
  snprintf(folder, sizeof(folder), "%s", params);
  *strrchr(folder, '/') = '\0';
  check_folder(folder, scratch);
  check_bad_files(params, weights, scratch);
  check_damaged_params(params, weights, scratch);
  check_damaged_weights(params, weights, scratch);
  const Bytes params_bytes = read_file(params), weights_bytes = read_file(weights);
  check_memory(params_bytes, weights_bytes);
  check_parts(params_bytes, weights_bytes, scratch);
  check_top_classes();
  check_labels(params, weights, scratch);
  free(params_bytes.data);
  free(weights_bytes.data);

  mobilegen_engine* engine = 0;
  REQUIRE(open_paths(params, weights, &engine) == MOBILEGEN_OK);
  check_wrong_arguments(engine);
  const Arrays arrays = make_arrays(engine, values);
  REQUIRE(predict(engine, arrays) == MOBILEGEN_OK);
  const float worst = check_outputs(arrays, expected);
  free_arrays(arrays);
  Job job = {params, weights, engine, values, expected};
  check_threads(&job);
  check_engines(&job);
  mobilegen_close(engine);
  free(inputs.data);
  free(outputs.data);
  printf("%g\n", worst);
  return 0;
}
