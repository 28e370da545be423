# CMake toolchain file for programs that hold all they need and run under any Linux kernel, also
# Android's: the clang of the embedded Android toolchain, and the musl inside the ziglang wheel.
#
# Variables:
#   MOBILEGEN_ZIG          the zig executable
#   MOBILEGEN_PROCESSOR    CMAKE_SYSTEM_PROCESSOR
#   MOBILEGEN_CLANG_FLAGS  target and processor for clang
#   MOBILEGEN_HEADERS      folders of musl's and Linux's headers
#   MOBILEGEN_LINK_FLAGS   for the linker
#   MOBILEGEN_LIBC         folder of the C library and the start-up code
#
# Clang is called directly: `zig cc` fixes the instruction set for all files, but a runtime has files
# of its own for every instruction set; and it compiles much more of musl than is needed.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOBILEGEN_ZIG MOBILEGEN_PROCESSOR MOBILEGEN_CLANG_FLAGS
    MOBILEGEN_HEADERS MOBILEGEN_LINK_FLAGS MOBILEGEN_LIBC)
foreach(_variable IN LISTS CMAKE_TRY_COMPILE_PLATFORM_VARIABLES)
  if("${${_variable}}" STREQUAL "")
    message(FATAL_ERROR "The toolchain for static programs needs -D${_variable}=…")
  endif()
endforeach()
foreach(_variable MOBILEGEN_ZIG MOBILEGEN_LIBC)
  file(TO_CMAKE_PATH "${${_variable}}" ${_variable})
endforeach()

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR "${MOBILEGEN_PROCESSOR}")

set(_flags ${MOBILEGEN_CLANG_FLAGS} -nostdlibinc -fPIC -no-canonical-prefixes)
set(CMAKE_C_COMPILER "${MOBILEGEN_ZIG}" clang ${_flags})
# The code uses no C++ library; its headers would collide with the runtime's own replacements.
set(CMAKE_CXX_COMPILER "${MOBILEGEN_ZIG}" clang --driver-mode=g++ ${_flags} -nostdinc++)
set(CMAKE_ASM_COMPILER "${MOBILEGEN_ZIG}" clang ${_flags})

# Threads are in libc. CMake's own check wants functions that no program here needs, and would then
# hand -pthread to the linker.
set(CMAKE_HAVE_LIBC_PTHREAD TRUE)
set(THREADS_HAVE_PTHREAD_ARG FALSE)

# Read by CMake before its own rules for compiling and linking, which it then keeps.
set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CMAKE_CURRENT_LIST_DIR}/linux-static-rules.cmake")
