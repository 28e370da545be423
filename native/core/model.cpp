// The one place that sees the generated tables.
#include "core/engine.h"
#include "mobilegen_model.h"

namespace mobilegen {

const Model kModel = {kInputs,
                      MOBILEGEN_INPUT_COUNT,
                      kOutputs,
                      MOBILEGEN_OUTPUT_COUNT,
                      MOBILEGEN_PARAMS_SHA256,
                      MOBILEGEN_WEIGHTS_SIZE};

}  // namespace mobilegen
