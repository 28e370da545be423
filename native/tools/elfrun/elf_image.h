/* Maps an Android shared library into this process, as Android's linker would. */
#pragma once

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>

typedef ElfW(Sym) elf_symbol;

struct elf_image {
  const char* path;
  uintptr_t base; /* address of virtual address 0 of the file */
  uintptr_t begin;
  uintptr_t end;
  const ElfW(Dyn) * dynamic;
  const elf_symbol* symbols;
  size_t symbol_count;
  const char* strings;
  size_t constructors; /* how many ran */
};

/* Gives the address of a function of Android's libraries, or null. */
typedef void* (*import_lookup)(const char* name);

/* Maps and relocates the library, after those that it needs and that lie beside it, whose
 * constructors are run. Prints why and exits when it cannot. */
void elf_load(struct elf_image* image, const char* path, import_lookup lookup);

/* Runs DT_INIT and the DT_INIT_ARRAY functions. */
void elf_construct(struct elf_image* image);

/* Address of a function that the library exports, or null. */
void* elf_find(const struct elf_image* image, const char* name);

/* Writes "symbol+0x12" for an address inside the library; false when it is outside. */
int elf_describe(const struct elf_image* image, uintptr_t address, char* text, size_t size);

/* Prints "elfrun: …" to standard error and exits with the code. */
_Noreturn void die(int code, const char* format, ...) __attribute__((format(printf, 2, 3)));

enum { EXIT_LIBRARY = 3, EXIT_IMPORT = 4, EXIT_RESULT = 5, EXIT_USAGE = 6 };
