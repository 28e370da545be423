#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/error.h"
#include "mobilegen/engine.h"

namespace mobilegen {
namespace {

bool read_fully(int descriptor, unsigned char* data, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t got = read(descriptor, data + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<size_t>(got);
  }
  return true;
}

int load_copy(int descriptor, const char* path, size_t size, File* file) {
  unsigned char* data = static_cast<unsigned char*>(malloc(size));
  if (!data) return fail(MOBILEGEN_ERROR_MEMORY, "no memory for %s", path);
  if (lseek(descriptor, 0, SEEK_SET) != 0 || !read_fully(descriptor, data, size)) {
    free(data);
    return fail(MOBILEGEN_ERROR_FILE, "cannot read %s: %s", path, strerror(errno));
  }
  file->data = data;
  file->size = size;
  return MOBILEGEN_OK;
}

int load(int descriptor, const char* path, File* file) {
  // Reading and seeking instead of fstat: folders, pipes and empty files are told apart without
  // an agreement on the layout of struct stat.
  char first;
  const ssize_t got = read(descriptor, &first, 1);
  if (got == 0) return fail(MOBILEGEN_ERROR_FILE, "%s is empty", path);
  const off_t end = got < 0 ? -1 : lseek(descriptor, 0, SEEK_END);
  if (end <= 0) return fail(MOBILEGEN_ERROR_FILE, "cannot read %s: %s", path, strerror(errno));
  const size_t size = static_cast<size_t>(end);
  void* data = mmap(0, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (data == MAP_FAILED) return load_copy(descriptor, path, size, file);
  file->data = static_cast<const unsigned char*>(data);
  file->size = size;
  file->mapped = true;
  return MOBILEGEN_OK;
}

}  // namespace

int file_open(const char* path, File* file) {
  memset(file, 0, sizeof(*file));
  // O_NONBLOCK: opening a named pipe would wait for a writer.
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return fail(MOBILEGEN_ERROR_FILE, "cannot open %s: %s", path, strerror(errno));
  }
  const int status = load(descriptor, path, file);
  close(descriptor);
  return status;
}

void file_close(File* file) {
  unsigned char* data = const_cast<unsigned char*>(file->data);
  if (file->mapped) {
    munmap(data, file->size);
  } else {
    free(data);
  }
  memset(file, 0, sizeof(*file));
}

}  // namespace mobilegen
