#include "arrays.h"

#include <stdio.h>
#include <stdlib.h>

void require(int status, const char* what) {
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", what, mobilegen_last_error());
  exit(1);
}

static void* allocate(size_t count, size_t size) {
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
  a.inputs = allocate(a.input_count, sizeof(float*));
  a.outputs = allocate(a.output_count, sizeof(float*));
  a.input_sizes = allocate(a.input_count, sizeof(size_t));
  a.output_sizes = allocate(a.output_count, sizeof(size_t));
  for (int i = 0; i < a.input_count; i++) {
    a.input_sizes[i] = product(mobilegen_input_shape(engine, i), mobilegen_input_rank(engine, i));
    a.inputs[i] = allocate(a.input_sizes[i], sizeof(float));
  }
  for (int i = 0; i < a.output_count; i++) {
    a.output_sizes[i] =
        product(mobilegen_output_shape(engine, i), mobilegen_output_rank(engine, i));
    a.outputs[i] = allocate(a.output_sizes[i], sizeof(float));
  }
  return a;
}

void free_arrays(arrays* a) {
  for (int i = 0; i < a->input_count; i++) free(a->inputs[i]);
  for (int i = 0; i < a->output_count; i++) free(a->outputs[i]);
  free(a->inputs);
  free(a->outputs);
  free(a->input_sizes);
  free(a->output_sizes);
}
