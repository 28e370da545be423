// What the bridges need beyond mobilegen/engine.h.
#ifndef MOBILEGEN_CORE_ENGINE_H
#define MOBILEGEN_CORE_ENGINE_H

#include "core/model.h"
#include "mobilegen/engine.h"

namespace mobilegen {

// The model that this library was built for.
extern const Model kModel;

// mobilegen_open with a number of threads, so that it need not be changed afterwards.
int engine_open(const char* params_path, const char* weights_path, int threads,
                mobilegen_engine** engine);

}  // namespace mobilegen

#endif
