// What the library knows about its model; the values are in the generated mobilegen_model.h.
#ifndef MOBILEGEN_CORE_MODEL_H
#define MOBILEGEN_CORE_MODEL_H

#include <stddef.h>

#include "core/digest.h"

namespace mobilegen {

struct Preprocess;

struct Tensor {
  const char* name;         // the source model's
  const char* blob;         // the runtime's
  const int* shape;         // the source model's sizes
  int rank;
  const int* runtime_shape;  // sizes as the runtime sees them; same element order
  int runtime_rank;
};

// One of the model's files: what it must be, and where it is if it was compiled in.
struct ModelFile {
  const char* name;  // in a folder that holds the model
  size_t size;       // bytes
  unsigned char digest[kDigestSize];
  const unsigned char* embedded;  // null if it is not compiled in
};

struct Model {
  const Tensor* inputs;
  int input_count;
  const Tensor* outputs;
  int output_count;
  ModelFile params;
  ModelFile weights;
  const Preprocess* preprocess;  // null if images were not described
  const char* labels;            // of an embedded model: one after the other, each ended by a zero
  int label_count;
};

// Number of elements; 1 for a scalar.
inline size_t element_count(const int* shape, int rank) {
  size_t count = 1;
  for (int i = 0; i < rank; i++) count *= static_cast<size_t>(shape[i]);
  return count;
}

inline size_t element_count(const Tensor& tensor) {
  return element_count(tensor.shape, tensor.rank);
}

}  // namespace mobilegen

#endif
