#include "core/model.h"

namespace mobilegen {

size_t element_count(const Tensor& tensor) {
  size_t count = 1;
  for (int i = 0; i < tensor.rank; i++) count *= static_cast<size_t>(tensor.shape[i]);
  return count;
}

size_t byte_count(const Tensor& tensor) {
  return element_count(tensor) * type_size(tensor.type);
}

size_t byte_room(const Tensor& tensor) { return (byte_count(tensor) + 7) / 8 * 8; }

}  // namespace mobilegen
