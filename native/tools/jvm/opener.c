/* Opens the library under test before the Java VM does, so that its imports bind to the shims.
 *
 * It is linked against the shims: they are loaded with it and then found by their names.
 * The VM's own dlopen would look in the program's libraries first and find, for a name that both
 * have, glibc's meaning of it. RTLD_DEEPBIND looks in the library's own dependencies first; the
 * VM's later dlopen of the same file gives the same, already bound library. Those that lie beside
 * it are opened before it, and then found by their names, too.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JNI_ERROR = -1, JNI_VERSION = 0x00010006 };

/* Opens the libraries of a list, one in a line; false when one cannot be opened. */
static int open_all(const char* paths) {
  char path[4096];
  while (*paths) {
    size_t size = strcspn(paths, "\n");
    if (size >= sizeof path) return 0;
    memcpy(path, paths, size);
    path[size] = 0;
    if (!dlopen(path, RTLD_NOW | RTLD_DEEPBIND)) return 0;
    paths += size + (paths[size] == '\n');
  }
  return 1;
}

__attribute__((visibility("default"))) int JNI_OnLoad(void* vm, void* reserved) {
  (void)vm, (void)reserved;
  const char* beside = getenv("MOBILEGEN_COMPANIONS");
  const char* path = getenv("MOBILEGEN_LIBRARY");
  if (path && (!beside || open_all(beside)) && open_all(path)) return JNI_VERSION;
  fprintf(stderr, "opener: %s\n", path ? dlerror() : "MOBILEGEN_LIBRARY is not set");
  return JNI_ERROR;
}
