// What the C++ library calls to take memory and to give up, in place of its own, which need syslog
// and printf. There are no exceptions: without memory the process ends.
#include <__config>
#include <new>

#include <stdlib.h>
#ifdef __ANDROID__
#include <android/log.h>
#endif

namespace {

[[noreturn]] void give_up(const char* reason) {
#ifdef __ANDROID__
  __android_log_write(ANDROID_LOG_FATAL, "mobilegen", reason);
#else
  static_cast<void>(reason);
#endif
  abort();
}

void* take(size_t size) {
  void* memory = malloc(size ? size : 1);
  if (!memory) give_up("no memory");
  return memory;
}

// An alignment is a power of two; posix_memalign takes none below that of a pointer.
void* take_aligned(size_t size, std::align_val_t alignment, bool demanded) {
  const size_t given = static_cast<size_t>(alignment);
  void* memory = nullptr;
  const size_t used = given < sizeof(void*) ? sizeof(void*) : given;
  if (posix_memalign(&memory, used, size ? size : 1)) memory = nullptr;
  if (!memory && demanded) give_up("no memory");
  return memory;
}

}  // namespace

_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char* format, ...) noexcept { give_up(format); }
_LIBCPP_END_NAMESPACE_STD

namespace std {
[[noreturn]] void terminate() noexcept { give_up("std::terminate"); }
}  // namespace std

extern "C" {
[[noreturn]] void __abort_message(const char* format, ...) { give_up(format); }
[[noreturn]] void abort_message(const char* format, ...) { give_up(format); }
}

void* operator new(size_t size) { return take(size); }
void* operator new[](size_t size) { return take(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return malloc(size ? size : 1); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept {
  return malloc(size ? size : 1);
}
void* operator new(size_t size, std::align_val_t alignment) {
  return take_aligned(size, alignment, true);
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return take_aligned(size, alignment, true);
}
void* operator new(size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return take_aligned(size, alignment, false);
}
void* operator new[](size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return take_aligned(size, alignment, false);
}
void operator delete(void* memory) noexcept { free(memory); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete(void* memory, size_t) noexcept { free(memory); }
void operator delete[](void* memory, size_t) noexcept { free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { free(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { free(memory); }
