// The one place that sees the generated tables.
#include "core/engine.h"
#include "core/preprocess/preprocess.h"
#include "mobilegen_model.h"

#if MOBILEGEN_EMBEDDED
extern "C" __attribute__((visibility("hidden"))) const unsigned char
    mobilegen_embedded_params[], mobilegen_embedded_weights[];
#else
static const unsigned char* const mobilegen_embedded_params = 0;
static const unsigned char* const mobilegen_embedded_weights = 0;
#endif

namespace mobilegen {

#if MOBILEGEN_PREPROCESS
static const Preprocess kPreprocess = MOBILEGEN_PREPROCESS_RULE;
static const Preprocess* const kRule = &kPreprocess;
#else
static const Preprocess* const kRule = 0;
#endif

const Model kModel = {kInputs,
                      MOBILEGEN_INPUT_COUNT,
                      kOutputs,
                      MOBILEGEN_OUTPUT_COUNT,
                      {MOBILEGEN_PARAMS_FILE, MOBILEGEN_PARAMS_SIZE, MOBILEGEN_PARAMS_DIGEST,
                       mobilegen_embedded_params},
                      {MOBILEGEN_WEIGHTS_FILE, MOBILEGEN_WEIGHTS_SIZE, MOBILEGEN_WEIGHTS_DIGEST,
                       mobilegen_embedded_weights},
                      kRule,
                      MOBILEGEN_LABELS,
                      MOBILEGEN_LABEL_COUNT,
                      MOBILEGEN_PROBABILITIES != 0};

}  // namespace mobilegen
