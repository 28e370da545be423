/* The arrays of a prediction, and what ends a program. */
#ifndef MOBILEGEN_TOOLS_ARRAYS_H
#define MOBILEGEN_TOOLS_ARRAYS_H

#include <stddef.h>

#include "mobilegen/engine.h"

typedef struct {
  int input_count, output_count;
  float** inputs;
  float** outputs;
  size_t* input_sizes; /* numbers, not bytes */
  size_t* output_sizes;
} arrays;

/* Prints the last error and exits with 1 if a status is an error. */
void require(int status, const char* what);

/* Allocates all arrays; the inputs are zero. */
arrays make_arrays(const mobilegen_engine* engine);
void free_arrays(arrays* arrays);

#endif
