// The text behind mobilegen_last_error.
#ifndef MOBILEGEN_CORE_ERROR_H
#define MOBILEGEN_CORE_ERROR_H

namespace mobilegen {

// Stores the text for the calling thread and returns `code`.
int fail(int code, const char* format, ...) __attribute__((format(printf, 2, 3)));

// The text of the calling thread; "" if nothing failed yet.
const char* last_error();

// A number of the calling thread for the adapter, 0 at first; null if there is no memory for it.
int* thread_number();

}  // namespace mobilegen

#endif
