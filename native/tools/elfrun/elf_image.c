/* A loader for one Android x86 or x86_64 library: System V ABI, i386 and AMD64 supplements. */
#include "elf_image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if __SIZEOF_POINTER__ == 8
enum { MACHINE = EM_X86_64, CLASS = ELFCLASS64 };
enum { ABSOLUTE = R_X86_64_64, GLOB_DAT = R_X86_64_GLOB_DAT, JUMP_SLOT = R_X86_64_JUMP_SLOT };
enum { RELATIVE = R_X86_64_RELATIVE, PC_RELATIVE = -1 };
#define RELOCATION_TYPE(info) ELF64_R_TYPE(info)
#define RELOCATION_SYMBOL(info) ELF64_R_SYM(info)
#else
enum { MACHINE = EM_386, CLASS = ELFCLASS32 };
enum { ABSOLUTE = R_386_32, GLOB_DAT = R_386_GLOB_DAT, JUMP_SLOT = R_386_JMP_SLOT };
enum { RELATIVE = R_386_RELATIVE, PC_RELATIVE = R_386_PC32 };
#define RELOCATION_TYPE(info) ELF32_R_TYPE(info)
#define RELOCATION_SYMBOL(info) ELF32_R_SYM(info)
#endif

enum { PAGE = 4096, MAX_SEGMENTS = 32, MAX_BYTES = 1 << 29, MAX_COMPANIONS = 8 };
enum {
  TAG_RELR = 36,
  TAG_RELRSZ = 35,
  TAG_ANDROID_FIRST = 0x60000000,
  TAG_ANDROID_LAST = 0x6fffe003
};

static const char* const PROVIDED[] = {"libc.so", "libm.so", "libdl.so", "liblog.so"};

/* Libraries that lie beside the one under test, in the order in which they were needed. */
static struct companion {
  struct elf_image image;
  char path[4096];
} companions[MAX_COMPANIONS];
static size_t companion_count;

struct segments {
  ElfW(Phdr) headers[MAX_SEGMENTS];
  size_t count;
};

static uintptr_t page_down(uintptr_t value) { return value & ~(uintptr_t)(PAGE - 1); }
static uintptr_t page_up(uintptr_t value) { return page_down(value + PAGE - 1); }

static void read_at(int file, void* data, size_t size, off_t offset, const char* path) {
  if (pread(file, data, size, offset) != (ssize_t)size) die(EXIT_LIBRARY, "%s is cut short", path);
}

static void read_headers(int file, const char* path, struct segments* segments) {
  ElfW(Ehdr) header;
  read_at(file, &header, sizeof header, 0, path);
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != CLASS ||
      header.e_machine != MACHINE || header.e_type != ET_DYN)
    die(EXIT_LIBRARY, "%s is no shared library for this processor", path);
  if (header.e_phnum > MAX_SEGMENTS || header.e_phentsize != sizeof(ElfW(Phdr)))
    die(EXIT_LIBRARY, "%s has a bad program header table", path);
  segments->count = header.e_phnum;
  read_at(file, segments->headers, segments->count * sizeof(ElfW(Phdr)), header.e_phoff, path);
}

static void reserve(struct elf_image* image, const struct segments* segments) {
  uintptr_t low = UINTPTR_MAX, high = 0;
  for (size_t i = 0; i < segments->count; i++) {
    const ElfW(Phdr)* segment = &segments->headers[i];
    if (segment->p_type != PT_LOAD) continue;
    if (segment->p_vaddr > MAX_BYTES || segment->p_memsz > MAX_BYTES ||
        segment->p_filesz > segment->p_memsz)
      die(EXIT_LIBRARY, "%s has a segment of impossible size", image->path);
    low = segment->p_vaddr < low ? segment->p_vaddr : low;
    high = segment->p_vaddr + segment->p_memsz > high ? segment->p_vaddr + segment->p_memsz : high;
  }
  if (high == 0) die(EXIT_LIBRARY, "%s has nothing to load", image->path);
  low = page_down(low);
  void* memory = mmap(0, page_up(high) - low, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) die(EXIT_LIBRARY, "no memory for %s: %s", image->path, strerror(errno));
  image->begin = (uintptr_t)memory;
  image->end = image->begin + page_up(high) - low;
  image->base = image->begin - low;
}

static int inside(const struct elf_image* image, uintptr_t address, size_t size) {
  return address >= image->begin && address <= image->end && size <= image->end - address;
}

static void protect(const struct elf_image* image, const ElfW(Phdr) * segment, int flags) {
  uintptr_t from = page_down(image->base + segment->p_vaddr);
  uintptr_t to = page_up(image->base + segment->p_vaddr + segment->p_memsz);
  if (mprotect((void*)from, to - from, flags))
    die(EXIT_LIBRARY, "cannot protect a segment of %s: %s", image->path, strerror(errno));
}

static void map_segments(struct elf_image* image, int file, const struct segments* segments) {
  for (size_t i = 0; i < segments->count; i++) {
    const ElfW(Phdr)* segment = &segments->headers[i];
    if (segment->p_type == PT_DYNAMIC)
      image->dynamic = (const ElfW(Dyn)*)(image->base + segment->p_vaddr);
    if (segment->p_type == PT_TLS)
      die(EXIT_LIBRARY, "%s uses ELF thread-local storage, which Android 21 lacks", image->path);
    if (segment->p_type != PT_LOAD) continue;
    protect(image, segment, PROT_READ | PROT_WRITE);
    read_at(file, (void*)(image->base + segment->p_vaddr), segment->p_filesz, segment->p_offset,
            image->path);
  }
  if (!image->dynamic || !inside(image, (uintptr_t)image->dynamic, sizeof(ElfW(Dyn))))
    die(EXIT_LIBRARY, "%s has no dynamic section", image->path);
}

static void seal(const struct elf_image* image, const struct segments* segments) {
  for (size_t i = 0; i < segments->count; i++) {
    const ElfW(Phdr)* segment = &segments->headers[i];
    int flags = (segment->p_flags & PF_R ? PROT_READ : 0) |
                (segment->p_flags & PF_W ? PROT_WRITE : 0) |
                (segment->p_flags & PF_X ? PROT_EXEC : 0);
    if (segment->p_type == PT_LOAD) protect(image, segment, flags);
  }
  for (size_t i = 0; i < segments->count; i++) {
    if (segments->headers[i].p_type == PT_GNU_RELRO)
      protect(image, &segments->headers[i], PROT_READ);
  }
}

static const ElfW(Dyn) * entry(const struct elf_image* image, long tag) {
  const ElfW(Dyn)* dynamic = image->dynamic;
  for (; dynamic->d_tag != DT_NULL; dynamic++) {
    if (dynamic->d_tag == tag) return dynamic;
  }
  return 0;
}

static uintptr_t value(const struct elf_image* image, long tag) {
  const ElfW(Dyn)* found = entry(image, tag);
  return found ? found->d_un.d_val : 0;
}

static const void* table(const struct elf_image* image, long tag, size_t size) {
  const ElfW(Dyn)* found = entry(image, tag);
  if (!found) return 0;
  uintptr_t address = image->base + found->d_un.d_ptr;
  if (!inside(image, address, size))
    die(EXIT_LIBRARY, "%s: dynamic entry %ld points outside", image->path, tag);
  return (const void*)address;
}

/* The number of symbols is written only in the hash tables. */
static size_t count_symbols(const struct elf_image* image) {
  const uint32_t* hash = table(image, DT_HASH, 8);
  if (hash) return hash[1];
  const uint32_t* gnu = table(image, DT_GNU_HASH, 16);
  if (!gnu) die(EXIT_LIBRARY, "%s has no symbol hash table", image->path);
  const uint32_t* buckets = gnu + 4 + gnu[2] * (sizeof(uintptr_t) / 4);
  const uint32_t* chains = buckets + gnu[0];
  uint32_t last = 0;
  for (uint32_t i = 0; i < gnu[0]; i++) last = buckets[i] > last ? buckets[i] : last;
  if (last < gnu[1]) return gnu[1];
  while (!(chains[last - gnu[1]] & 1)) last++;
  return last + 1;
}

static void read_dynamic(struct elf_image* image) {
  for (const ElfW(Dyn)* dynamic = image->dynamic; dynamic->d_tag != DT_NULL; dynamic++) {
    if (dynamic->d_tag >= TAG_ANDROID_FIRST && dynamic->d_tag <= TAG_ANDROID_LAST)
      die(EXIT_LIBRARY, "%s has packed relocations, which Android 21 cannot read", image->path);
  }
  if (entry(image, DT_TEXTREL) || value(image, DT_FLAGS) & DF_TEXTREL)
    die(EXIT_LIBRARY, "%s has text relocations", image->path);
  image->symbols = table(image, DT_SYMTAB, sizeof(elf_symbol));
  image->strings = table(image, DT_STRTAB, value(image, DT_STRSZ));
  if (!image->symbols || !image->strings) die(EXIT_LIBRARY, "%s has no symbol table", image->path);
  image->symbol_count = count_symbols(image);
  if (!inside(image, (uintptr_t)image->symbols, image->symbol_count * sizeof(elf_symbol)))
    die(EXIT_LIBRARY, "%s has a bad symbol table", image->path);
}

static void* find_in_companions(const char* name) {
  for (size_t i = 0; i < companion_count; i++) {
    void* found = elf_find(&companions[i].image, name);
    if (found) return found;
  }
  return 0;
}

static int is_loaded(const char* path) {
  for (size_t i = 0; i < companion_count; i++) {
    if (!strcmp(companions[i].path, path)) return 1;
  }
  return 0;
}

/* Loads what lies beside the library and runs its constructors; false if there is nothing. */
static int load_beside(const struct elf_image* image, const char* name, import_lookup lookup) {
  char path[sizeof companions->path];
  const char* slash = strrchr(image->path, '/');
  int folder = slash ? (int)(slash - image->path) : 1;
  int size = snprintf(path, sizeof path, "%.*s/%s", folder, slash ? image->path : ".", name);
  if (size >= (int)sizeof path || access(path, R_OK)) return 0;
  if (is_loaded(path)) return 1;
  if (companion_count == MAX_COMPANIONS) die(EXIT_LIBRARY, "too many libraries are needed");
  struct companion* companion = &companions[companion_count];
  memcpy(companion->path, path, sizeof path);
  elf_load(&companion->image, companion->path, lookup);
  elf_construct(&companion->image);
  companion_count++;
  return 1;
}

static void check_needed(const struct elf_image* image, import_lookup lookup) {
  for (const ElfW(Dyn)* dynamic = image->dynamic; dynamic->d_tag != DT_NULL; dynamic++) {
    if (dynamic->d_tag != DT_NEEDED) continue;
    const char* name = image->strings + dynamic->d_un.d_val;
    size_t known = 0;
    for (size_t i = 0; i < sizeof PROVIDED / sizeof *PROVIDED; i++)
      known += !strcmp(name, PROVIDED[i]);
    if (!known) known = load_beside(image, name, lookup);
    if (!known) die(EXIT_IMPORT, "%s needs %s, which is not provided here", image->path, name);
  }
}

static uintptr_t resolve(const struct elf_image* image, size_t index, import_lookup lookup) {
  if (index >= image->symbol_count)
    die(EXIT_LIBRARY, "%s has a relocation with a bad symbol", image->path);
  const elf_symbol* symbol = &image->symbols[index];
  if (index == 0) return 0;
  if (symbol->st_shndx != SHN_UNDEF) return image->base + symbol->st_value;
  const char* name = image->strings + symbol->st_name;
  void* found = lookup(name);
  return (uintptr_t)(found ? found : find_in_companions(name));
}

/* Every missing name at once, so that one run tells all. */
static void check_imports(const struct elf_image* image, import_lookup lookup) {
  char missing[4096] = "";
  size_t used = 0;
  for (size_t i = 1; i < image->symbol_count; i++) {
    const elf_symbol* symbol = &image->symbols[i];
    int weak = (symbol->st_info >> 4) == STB_WEAK;
    if (symbol->st_shndx != SHN_UNDEF || weak || resolve(image, i, lookup)) continue;
    const char* name = image->strings + symbol->st_name;
    if (used + strlen(name) + 2 < sizeof missing)
      used += snprintf(missing + used, sizeof missing - used, "%s%s", used ? ", " : "", name);
  }
  if (used) die(EXIT_IMPORT, "cannot locate symbol %s", missing);
}

static void relocate(struct elf_image* image, uintptr_t where, size_t info, const intptr_t* addend,
                     import_lookup lookup) {
  uintptr_t* target = (uintptr_t*)(image->base + where);
  if (!inside(image, (uintptr_t)target, sizeof *target))
    die(EXIT_LIBRARY, "%s has a relocation outside", image->path);
  uintptr_t plus = addend ? (uintptr_t)*addend : *target;
  uintptr_t symbol = resolve(image, RELOCATION_SYMBOL(info), lookup);
  long type = RELOCATION_TYPE(info);
  if (type == RELATIVE)
    *target = image->base + plus;
  else if (type == GLOB_DAT || type == JUMP_SLOT)
    *target = symbol + (addend ? plus : 0);
  else if (type == ABSOLUTE)
    *target = symbol + plus;
  else if (type == PC_RELATIVE)
    *target = symbol + plus - (uintptr_t)target;
  else if (type != 0)
    die(EXIT_LIBRARY, "%s has a relocation of unknown type %ld", image->path, type);
}

static void relocate_table(struct elf_image* image, long tag, size_t bytes, int with_addend,
                           import_lookup lookup) {
  const char* data = table(image, tag, bytes);
  size_t size = with_addend ? sizeof(ElfW(Rela)) : sizeof(ElfW(Rel));
  for (size_t at = 0; data && at + size <= bytes; at += size) {
    const ElfW(Rela)* item = (const void*)(data + at);
    intptr_t addend = with_addend ? (intptr_t)item->r_addend : 0;
    relocate(image, item->r_offset, item->r_info, with_addend ? &addend : 0, lookup);
  }
}

/* RELR: an even word is an address, an odd word a bit map of the 31 or 63 words after it. */
static void relocate_relr(struct elf_image* image) {
  size_t bytes = value(image, TAG_RELRSZ);
  const uintptr_t* words = table(image, TAG_RELR, bytes);
  uintptr_t* where = 0;
  for (size_t i = 0; words && i < bytes / sizeof *words; i++) {
    if (!(words[i] & 1)) {
      where = (uintptr_t*)(image->base + words[i]);
      *where++ += image->base;
      continue;
    }
    for (size_t bit = 1; bit < 8 * sizeof *words; bit++) {
      if (words[i] >> bit & 1) where[bit - 1] += image->base;
    }
    where += 8 * sizeof *words - 1;
  }
}

static void relocate_all(struct elf_image* image, import_lookup lookup) {
  check_needed(image, lookup);
  check_imports(image, lookup);
  relocate_relr(image);
  relocate_table(image, DT_RELA, value(image, DT_RELASZ), 1, lookup);
  relocate_table(image, DT_REL, value(image, DT_RELSZ), 0, lookup);
  relocate_table(image, DT_JMPREL, value(image, DT_PLTRELSZ), value(image, DT_PLTREL) == DT_RELA,
                 lookup);
}

void elf_load(struct elf_image* image, const char* path, import_lookup lookup) {
  struct segments segments;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) die(EXIT_LIBRARY, "cannot open %s: %s", path, strerror(errno));
  memset(image, 0, sizeof *image);
  image->path = path;
  read_headers(file, path, &segments);
  reserve(image, &segments);
  map_segments(image, file, &segments);
  close(file);
  read_dynamic(image);
  relocate_all(image, lookup);
  seal(image, &segments);
}

void elf_construct(struct elf_image* image) {
  uintptr_t first = value(image, DT_INIT);
  if (first) {
    ((void (*)(void))(image->base + first))();
    image->constructors++;
  }
  size_t bytes = value(image, DT_INIT_ARRAYSZ);
  void (*const* functions)(void) = table(image, DT_INIT_ARRAY, bytes);
  for (size_t i = 0; functions && i < bytes / sizeof *functions; i++) {
    if ((uintptr_t)functions[i] <= 1 || (intptr_t)functions[i] == -1) continue;
    functions[i]();
    image->constructors++;
  }
}

void* elf_find(const struct elf_image* image, const char* name) {
  for (size_t i = 1; i < image->symbol_count; i++) {
    const elf_symbol* symbol = &image->symbols[i];
    if (symbol->st_shndx != SHN_UNDEF && !strcmp(image->strings + symbol->st_name, name))
      return (void*)(image->base + symbol->st_value);
  }
  return 0;
}

int elf_describe(const struct elf_image* image, uintptr_t address, char* text, size_t size) {
  if (!inside(image, address, 1)) return 0;
  const elf_symbol* best = 0;
  for (size_t i = 1; i < image->symbol_count; i++) {
    const elf_symbol* symbol = &image->symbols[i];
    if (symbol->st_shndx != SHN_UNDEF && image->base + symbol->st_value <= address &&
        (!best || symbol->st_value > best->st_value))
      best = symbol;
  }
  const char* name = best ? image->strings + best->st_name : "library";
  uintptr_t start = best ? image->base + best->st_value : image->begin;
  snprintf(text, size, "%s+0x%lx (library+0x%lx)", name, (long)(address - start),
           (long)(address - image->base));
  return 1;
}
