// Model files in memory, read-only.
#ifndef MOBILEGEN_CORE_FILE_H
#define MOBILEGEN_CORE_FILE_H

#include <stddef.h>
#include <stdint.h>

namespace mobilegen {

struct File {
  const unsigned char* data;
  size_t size;
  void* memory;   // what must be given back; null if the bytes belong to somebody else
  size_t mapped;  // bytes to unmap; 0: `memory` came from malloc
};

// Maps the file, or reads it where it cannot be mapped. Returns a status; on failure `file` is
// empty and needs no file_close.
int file_open(const char* path, File* file);

// The same for `length` bytes from `offset` of an open file; a negative length means up to its
// end. The descriptor may be closed afterwards; its position stays as it was.
int file_open_part(int descriptor, int64_t offset, int64_t length, const char* name, File* file);

// Uses bytes of the caller, which must stay as they are until file_close. They are copied if they
// do not begin at an address for floats.
int file_borrow(const void* data, size_t size, const char* name, File* file);

void file_close(File* file);

}  // namespace mobilegen

#endif
