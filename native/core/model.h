// What the library knows about its model; the values are in the generated mobilegen_model.h.
#ifndef MOBILEGEN_CORE_MODEL_H
#define MOBILEGEN_CORE_MODEL_H

#include <stddef.h>

#include "core/digest.h"
#include "mobilegen/engine.h"

namespace mobilegen {

struct Preprocess;

const int kMaxFiles = 8;
const int kMaxRank = 8;

// Carries values from one element type to another. Returns how many could be carried; if fewer than
// `count`, that is the index of the first that could not.
typedef size_t (*Convert)(const void* from, void* to, size_t count);

struct Tensor {
  const char* name;         // the source model's
  const char* blob;         // the runtime's
  const int* shape;         // the source model's sizes
  int rank;
  int type;                  // of the source model's elements
  const int* runtime_shape;  // sizes as the runtime sees them, for one run
  int runtime_rank;
  int runtime_type;
  // Axis i of the runtime's array is axis permutation[i] of the source's; null: the same order.
  const int* permutation;
  // Between the two types, inputs to the runtime's and outputs from it; null: they are the same.
  Convert convert;
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
  const ModelFile* files;  // in the order in which they are opened
  int file_count;
  // Runs for one prediction: axis 0 of every array of the caller is cut into so many parts.
  int batch;
  // Computes all outputs; the caller holds the engine's lock.
  int (*run)(mobilegen_engine* engine, const void* const* inputs, void* const* outputs);
  const Preprocess* preprocess;  // null if images were not described
  const char* labels;            // of an embedded model: one after the other, each ended by a zero
  int label_count;
  bool probabilities;  // the first output's numbers are probabilities, not logits
};

// Number of elements of the source model's tensor; 1 for a scalar.
size_t element_count(const Tensor& tensor);

// Bytes of an element.
inline size_t type_size(int type) { return static_cast<size_t>("\4\2\10\4\10\1\1"[type]); }

// Bytes of an array of the caller, and as many as it takes among others, where the next one begins
// at an address for any type.
size_t byte_count(const Tensor& tensor);
size_t byte_room(const Tensor& tensor);

}  // namespace mobilegen

#endif
