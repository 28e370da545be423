#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/error.h"
#include "mobilegen/engine.h"

namespace mobilegen {
namespace {

const size_t kAlignment = sizeof(float);
// A multiple of every page size there is.
const int64_t kPage = 65536;

struct Part {
  int descriptor;
  int64_t offset;
  size_t size;
  const char* name;
};

int unreadable(const char* name) {
  return fail(MOBILEGEN_ERROR_FILE, "cannot read %s: %s", name, strerror(errno));
}

bool read_fully(const Part& part, unsigned char* data) {
  for (size_t done = 0; done < part.size;) {
    const ssize_t got = pread(part.descriptor, data + done, part.size - done,
                              static_cast<off_t>(part.offset + static_cast<int64_t>(done)));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<size_t>(got);
  }
  return true;
}

unsigned char* allocate(size_t size, const char* name, File* file) {
  unsigned char* data = static_cast<unsigned char*>(malloc(size));
  if (!data) {
    fail(MOBILEGEN_ERROR_MEMORY, "no memory for %s", name);
    return 0;
  }
  file->data = data;
  file->size = size;
  file->memory = data;
  return data;
}

int load_copy(const Part& part, File* file) {
  unsigned char* data = allocate(part.size, part.name, file);
  if (!data) return MOBILEGEN_ERROR_MEMORY;
  if (read_fully(part, data)) return MOBILEGEN_OK;
  const int status = unreadable(part.name);
  file_close(file);
  return status;
}

int load(const Part& part, File* file) {
  const size_t before = static_cast<size_t>(part.offset % kPage);
  if (before % kAlignment) return load_copy(part, file);
  const size_t size = before + part.size;
  void* memory = mmap(0, size, PROT_READ, MAP_PRIVATE, part.descriptor,
                      static_cast<off_t>(part.offset - static_cast<int64_t>(before)));
  if (memory == MAP_FAILED) return load_copy(part, file);
  file->data = static_cast<const unsigned char*>(memory) + before;
  file->size = part.size;
  file->memory = memory;
  file->mapped = size;
  return MOBILEGEN_OK;
}

// The number of bytes in the file; negative for what is no file. Reading and seeking instead of
// fstat: folders, pipes and empty files are told apart without an agreement on struct stat.
int64_t file_size(int descriptor) {
  char first;
  const ssize_t got = pread(descriptor, &first, 1, 0);
  if (got <= 0) return got;
  const off_t position = lseek(descriptor, 0, SEEK_CUR);
  const off_t end = position < 0 ? -1 : lseek(descriptor, 0, SEEK_END);
  if (end >= 0) lseek(descriptor, position, SEEK_SET);
  return end;
}

}  // namespace

int file_open_part(int descriptor, int64_t offset, int64_t length, const char* name, File* file) {
  memset(file, 0, sizeof(*file));
  const int64_t whole = file_size(descriptor);
  if (whole < 0) return unreadable(name);
  if (whole == 0) return fail(MOBILEGEN_ERROR_FILE, "%s is empty", name);
  if (length < 0 && offset >= 0) length = whole - offset;
  if (offset < 0 || length <= 0 || offset > whole || length > whole - offset) {
    return fail(MOBILEGEN_ERROR_ARGUMENT, "%s: %lld bytes from %lld are not inside of %lld bytes",
                name, static_cast<long long>(length), static_cast<long long>(offset),
                static_cast<long long>(whole));
  }
  const Part part = {descriptor, offset, static_cast<size_t>(length), name};
  return load(part, file);
}

int file_open(const char* path, File* file) {
  memset(file, 0, sizeof(*file));
  // O_NONBLOCK: opening a named pipe would wait for a writer.
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return fail(MOBILEGEN_ERROR_FILE, "cannot open %s: %s", path, strerror(errno));
  }
  const int status = file_open_part(descriptor, 0, -1, path, file);
  close(descriptor);
  return status;
}

int file_borrow(const void* data, size_t size, const char* name, File* file) {
  memset(file, 0, sizeof(*file));
  if (!data) return fail(MOBILEGEN_ERROR_ARGUMENT, "%s is NULL", name);
  if (!size) return fail(MOBILEGEN_ERROR_FILE, "%s is empty", name);
  if (reinterpret_cast<uintptr_t>(data) % kAlignment) {
    unsigned char* copy = allocate(size, name, file);
    if (!copy) return MOBILEGEN_ERROR_MEMORY;
    memcpy(copy, data, size);
    return MOBILEGEN_OK;
  }
  file->data = static_cast<const unsigned char*>(data);
  file->size = size;
  return MOBILEGEN_OK;
}

void file_close(File* file) {
  if (file->mapped) {
    munmap(file->memory, file->mapped);
  } else {
    free(file->memory);
  }
  memset(file, 0, sizeof(*file));
}

}  // namespace mobilegen
