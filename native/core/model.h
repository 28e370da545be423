// What the library knows about its model; the values are in the generated mobilegen_model.h.
#ifndef MOBILEGEN_CORE_MODEL_H
#define MOBILEGEN_CORE_MODEL_H

#include <stddef.h>

namespace mobilegen {

struct Tensor {
  const char* name;         // the source model's
  const char* blob;         // the runtime's
  const int* shape;         // the source model's sizes
  int rank;
  const int* runtime_shape;  // sizes as the runtime sees them; same element order
  int runtime_rank;
};

struct Model {
  const Tensor* inputs;
  int input_count;
  const Tensor* outputs;
  int output_count;
  const char* params_sha256;  // lower-case hexadecimal
  size_t weights_size;        // bytes
};

// Number of elements; 1 for a scalar.
inline size_t element_count(const int* shape, int rank) {
  size_t count = 1;
  for (int i = 0; i < rank; i++) count *= static_cast<size_t>(shape[i]);
  return count;
}

}  // namespace mobilegen

#endif
