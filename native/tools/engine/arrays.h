/* The model and the arrays of a prediction, and what ends a program. */
#ifndef MOBILEGEN_TOOLS_ARRAYS_H
#define MOBILEGEN_TOOLS_ARRAYS_H

#include <stddef.h>

#include "mobilegen/engine.h"

typedef struct {
  int input_count, output_count;
  void** inputs;
  void** outputs;
  size_t* input_sizes; /* bytes */
  size_t* output_sizes;
} arrays;

/* Prints the last error and exits with 1 if a status is an error. */
void require(int status, const char* what);

/* Returns zeroed memory; ends the program if there is none. */
void* allocate(size_t count, size_t size);

/* How many arguments name the model: "-" is the one inside of the library, else there is a path for
 * each of its files.
 */
int model_arguments(const char* first);

/* Opens the model that arguments name; ends the program if it cannot be opened. */
mobilegen_engine* open_model(char** arguments, int threads);

/* Allocates all arrays; the inputs are zero. */
arrays make_arrays(const mobilegen_engine* engine);

/* Files of raw elements of each tensor's type, in the order of the model, one for each array. They
 * end the program if a file cannot be read, has another size or cannot be written.
 */
void read_inputs(arrays* arrays, char** paths);
void write_outputs(const arrays* arrays, char** paths);

void free_arrays(arrays* arrays);

#endif
