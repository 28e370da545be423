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

/* Returns zeroed memory; ends the program if there is none. */
void* allocate(size_t count, size_t size);

/* Allocates all arrays; the inputs are zero. */
arrays make_arrays(const mobilegen_engine* engine);

/* Files of raw 32-bit floats, in the order of the model, one for each array. They end the program
 * if a file cannot be read, has another size or cannot be written.
 */
void read_inputs(arrays* arrays, char** paths);
void write_outputs(const arrays* arrays, char** paths);

void free_arrays(arrays* arrays);

#endif
