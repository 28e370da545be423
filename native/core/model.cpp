// The one place that sees the generated tables.
#include "core/adapt.h"
#include "core/engine.h"
#include "core/preprocess/preprocess.h"
#include "mobilegen_model.h"

namespace mobilegen {

#if MOBILEGEN_PREPROCESS
static const Preprocess kPreprocess = MOBILEGEN_PREPROCESS_RULE;
static const Preprocess* const kRule = &kPreprocess;
#else
static const Preprocess* const kRule = 0;
#endif

#if MOBILEGEN_ADAPTED
#define MOBILEGEN_RUN run_adapted
#else
#define MOBILEGEN_RUN run_as_is
#endif

const Model kModel = {kInputs,
                      MOBILEGEN_INPUT_COUNT,
                      kOutputs,
                      MOBILEGEN_OUTPUT_COUNT,
                      kFiles,
                      MOBILEGEN_FILE_COUNT,
                      MOBILEGEN_BATCH,
                      MOBILEGEN_RUN,
                      kRule,
                      MOBILEGEN_LABELS,
                      MOBILEGEN_LABEL_COUNT,
                      MOBILEGEN_PROBABILITIES != 0};

}  // namespace mobilegen
