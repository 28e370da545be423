#include "model.h"

#include <stdlib.h>

enum { MAX_FILES = 64 };

static void* function(const struct elf_image* library, const char* name) {
  void* found = elf_find(library, name);
  if (!found) die(EXIT_LIBRARY, "%s does not export %s", library->path, name);
  return found;
}

char** open_model(const struct elf_image* library, char** arguments, int threads,
                  mobilegen_engine** model) {
  __typeof__(mobilegen_open)* open = function(library, "mobilegen_open");
  __typeof__(mobilegen_open_embedded)* embedded = function(library, "mobilegen_open_embedded");
  __typeof__(mobilegen_last_error)* last_error = function(library, "mobilegen_last_error");
  mobilegen_file files[MAX_FILES] = {{0}};
  int count = *arguments ? atoi(*arguments++) : -1;
  if (count < 0 || count > MAX_FILES) die(EXIT_USAGE, "bad list of files");
  for (int i = 0; i < count; i++) {
    if (!*arguments) die(EXIT_USAGE, "bad list of files");
    files[i].path = *arguments++;
  }
  int status = count ? open(files, count, threads, model) : embedded(threads, model);
  if (status)
    die(EXIT_RESULT, "%s returned %d: %s", count ? "mobilegen_open" : "mobilegen_open_embedded",
        status, last_error());
  return arguments;
}
