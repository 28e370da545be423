#include "core/permute.h"

#include <stdint.h>

#include "core/model.h"

namespace mobilegen {
namespace {

// The copy's axes, as they lie in the original.
struct Axes {
  int rank;
  size_t sizes[kMaxRank];
  size_t strides[kMaxRank];  // elements from one to the next
};

Axes axes_of(const int* shape, const int* permutation, int rank) {
  size_t strides[kMaxRank];
  size_t stride = 1;
  for (int i = rank - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= static_cast<size_t>(shape[i]);
  }
  Axes axes;
  axes.rank = rank;
  for (int i = 0; i < rank; i++) {
    axes.sizes[i] = static_cast<size_t>(shape[permutation[i]]);
    axes.strides[i] = strides[permutation[i]];
  }
  return axes;
}

template <typename Element>
void gather(const Element* from, const Axes& axes, Element* to) {
  const int last = axes.rank - 1;
  const size_t count = axes.sizes[last], stride = axes.strides[last];
  size_t at[kMaxRank] = {0};
  for (int axis = last; axis >= 0;) {
    for (size_t i = 0; i < count; i++) *to++ = from[i * stride];
    // To the next row: the innermost axis that has not ended goes on, those inside start again.
    for (axis = last - 1; axis >= 0; axis--) {
      from += axes.strides[axis];
      if (++at[axis] < axes.sizes[axis]) break;
      from -= axes.strides[axis] * axes.sizes[axis];
      at[axis] = 0;
    }
  }
}

template <typename Element>
void gather(const void* from, const Axes& axes, void* to) {
  gather(static_cast<const Element*>(from), axes, static_cast<Element*>(to));
}

}  // namespace

void permute(const void* from, const int* shape, const int* permutation, int rank, size_t size,
             void* to) {
  const Axes axes = axes_of(shape, permutation, rank);
  switch (size) {
    case 1: return gather<uint8_t>(from, axes, to);
    case 2: return gather<uint16_t>(from, axes, to);
    case 4: return gather<uint32_t>(from, axes, to);
    default: return gather<uint64_t>(from, axes, to);
  }
}

void invert(const int* permutation, int rank, int* inverse) {
  for (int i = 0; i < rank; i++) inverse[permutation[i]] = i;
}

}  // namespace mobilegen
