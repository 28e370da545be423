// Whole files in memory, read-only.
#ifndef MOBILEGEN_CORE_FILE_H
#define MOBILEGEN_CORE_FILE_H

#include <stddef.h>

namespace mobilegen {

struct File {
  const unsigned char* data;
  size_t size;
  bool mapped;  // false: read into memory of our own
};

// Maps the file, or reads it where it cannot be mapped. Returns a status; on failure `file` is
// empty and needs no file_close.
int file_open(const char* path, File* file);

void file_close(File* file);

}  // namespace mobilegen

#endif
