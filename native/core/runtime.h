// What an adapter in engines/<runtime>/ implements; core/engine.cpp is its only caller.
#ifndef MOBILEGEN_CORE_RUNTIME_H
#define MOBILEGEN_CORE_RUNTIME_H

#include "core/file.h"
#include "core/model.h"

namespace mobilegen {

struct Runtime;  // defined by the adapter

// Loads the model for `threads` threads from its files, which outlive the runtime. Returns a status
// and has called `fail` if it is not MOBILEGEN_OK.
int runtime_open(const Model& model, const File* files, int threads, Runtime** runtime);

// Computes all outputs of one run, in the runtime's types, sizes and order of axes. Calls on one
// runtime never overlap.
int runtime_run(Runtime* runtime, const Model& model, const void* const* inputs,
                void* const* outputs);

void runtime_close(Runtime* runtime);

}  // namespace mobilegen

#endif
