// Between the caller's arrays and the runtime's, where they differ in type, order or batch.
#ifndef MOBILEGEN_CORE_ADAPT_H
#define MOBILEGEN_CORE_ADAPT_H

#include "core/engine.h"

namespace mobilegen {

// The values of Model::run. A library has the second one only if its model needs it.
int run_as_is(mobilegen_engine* engine, const void* const* inputs, void* const* outputs);
int run_adapted(mobilegen_engine* engine, const void* const* inputs, void* const* outputs);

// The inputs of the first run as the runtime takes them, for programs that look at single layers;
// the caller holds the engine's lock.
int adapt_inputs(mobilegen_engine* engine, const void* const* inputs,
                 const void* const** adapted);

}  // namespace mobilegen

#endif
