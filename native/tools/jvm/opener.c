/* Opens the library under test before the Java VM does, so that its imports bind to the shims.
 *
 * It is linked against the shims: they are loaded with it and then found by their names.
 * The VM's own dlopen would look in the program's libraries first and find, for a name that both
 * have, glibc's meaning of it. RTLD_DEEPBIND looks in the library's own dependencies first; the
 * VM's later dlopen of the same file gives the same, already bound library.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

enum { JNI_ERROR = -1, JNI_VERSION = 0x00010006 };

__attribute__((visibility("default"))) int JNI_OnLoad(void* vm, void* reserved) {
  (void)vm, (void)reserved;
  const char* path = getenv("MOBILEGEN_LIBRARY");
  if (path && dlopen(path, RTLD_NOW | RTLD_DEEPBIND)) return JNI_VERSION;
  fprintf(stderr, "opener: %s\n", path ? dlerror() : "MOBILEGEN_LIBRARY is not set");
  return JNI_ERROR;
}
