#include "arrays.h"

#include <stdio.h>
#include <stdlib.h>

void require(int status, const char* what) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", what, mobilegen_last_error());
  exit(1);
}

void* allocate(size_t count, size_t size) {
  void* memory = calloc(count ? count : 1, size);
  if (memory) return memory;
  fprintf(stderr, "no memory\n");
  exit(1);
}

static size_t product(const int* shape, int rank) {
  size_t count = 1;
  for (int i = 0; i < rank; i++) count *= (size_t)shape[i];
  return count;
}

arrays make_arrays(const mobilegen_engine* engine) {
  arrays a;
  a.input_count = mobilegen_input_count(engine);
  a.output_count = mobilegen_output_count(engine);
  a.inputs = allocate((size_t)a.input_count, sizeof(float*));
  a.outputs = allocate((size_t)a.output_count, sizeof(float*));
  a.input_sizes = allocate((size_t)a.input_count, sizeof(size_t));
  a.output_sizes = allocate((size_t)a.output_count, sizeof(size_t));
  for (int i = 0; i < a.input_count; i++) {
    a.input_sizes[i] = product(mobilegen_input_shape(engine, i), mobilegen_input_rank(engine, i));
    a.inputs[i] = allocate((size_t)a.input_sizes[i], sizeof(float));
  }
  for (int i = 0; i < a.output_count; i++) {
    a.output_sizes[i] =
        product(mobilegen_output_shape(engine, i), mobilegen_output_rank(engine, i));
    a.outputs[i] = allocate((size_t)a.output_sizes[i], sizeof(float));
  }
  return a;
}

static void read_input(const char* path, float* values, size_t count) {
  FILE* file = fopen(path, "rb");
  const size_t got = file ? fread(values, sizeof(float), count, file) : 0;
  const int more = file ? fgetc(file) : EOF;
  if (file) fclose(file);
  if (got == count && more == EOF) return;
  fprintf(stderr, "%s is not a file of %zu floats\n", path, count);
  exit(1);
}

static void write_output(const char* path, const float* values, size_t count) {
  FILE* file = fopen(path, "wb");
  const int written = file && fwrite(values, sizeof(float), count, file) == count;
  if (file && fclose(file) == 0 && written) return;
  fprintf(stderr, "cannot write %s\n", path);
  exit(1);
}

void read_inputs(arrays* a, char** paths) {
  for (int i = 0; i < a->input_count; i++) read_input(paths[i], a->inputs[i], a->input_sizes[i]);
}

void write_outputs(const arrays* a, char** paths) {
  for (int i = 0; i < a->output_count; i++) {
    write_output(paths[i], a->outputs[i], a->output_sizes[i]);
  }
}

void free_arrays(arrays* a) {
  for (int i = 0; i < a->input_count; i++) free(a->inputs[i]);
  for (int i = 0; i < a->output_count; i++) free(a->outputs[i]);
  free(a->inputs);
  free(a->outputs);
  free(a->input_sizes);
  free(a->output_sizes);
}
