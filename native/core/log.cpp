#include "core/log.h"

#if defined(__ANDROID__)
#include <android/log.h>
#else
#include <stdio.h>
#endif

namespace mobilegen {

void log_error(const char* text) {
#if defined(__ANDROID__)
  __android_log_print(ANDROID_LOG_ERROR, "mobilegen", "%s", text);
#else
  fprintf(stderr, "mobilegen: %s\n", text);
#endif
}

}  // namespace mobilegen
