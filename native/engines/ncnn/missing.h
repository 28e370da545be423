// How the generated registry reports layers that the library does not have.
#ifndef MOBILEGEN_NCNN_MISSING_H
#define MOBILEGEN_NCNN_MISSING_H

namespace mobilegen {

// How often the calling thread asked the registry for such a layer: other engines, in other
// threads, are not blamed for it. Negative if there is no memory to count.
int missing_layers();

// Counts one more.
void count_missing_layer();

}  // namespace mobilegen

#endif
