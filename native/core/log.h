// One line for the developer: Android's log, or standard error.
#ifndef MOBILEGEN_CORE_LOG_H
#define MOBILEGEN_CORE_LOG_H

namespace mobilegen {

void log_error(const char* text);

}  // namespace mobilegen

#endif
