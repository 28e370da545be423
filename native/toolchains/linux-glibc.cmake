# CMake toolchain file for Linux with glibc: the clang and LLD inside the ziglang wheel, with glibc's
# headers from there and stub libraries of the oldest version that code shall run on.
#
# Variables:
#   MOBILEGEN_ZIG          the zig executable
#   MOBILEGEN_PROCESSOR    CMAKE_SYSTEM_PROCESSOR
#   MOBILEGEN_CLANG_FLAGS  target and processor for clang
#   MOBILEGEN_HEADERS      folders of glibc's and Linux's headers
#   MOBILEGEN_GLIBC_MINOR  the 17 of glibc 2.17
#   MOBILEGEN_LINK_FLAGS   for the linker
#   MOBILEGEN_LOADER       the loader of programs
#   MOBILEGEN_LIBC         folder of the stub libraries and the start-up code
#   MOBILEGEN_CXX          folder of the C++ library and its configuration; empty: without
#
# The linker is called directly, not through clang: give linker options as "LINKER:…".
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOBILEGEN_ZIG MOBILEGEN_PROCESSOR MOBILEGEN_CLANG_FLAGS
    MOBILEGEN_HEADERS MOBILEGEN_GLIBC_MINOR MOBILEGEN_LINK_FLAGS MOBILEGEN_LOADER MOBILEGEN_LIBC)
foreach(_variable IN LISTS CMAKE_TRY_COMPILE_PLATFORM_VARIABLES)
  if("${${_variable}}" STREQUAL "")
    message(FATAL_ERROR "The toolchain for Linux needs -D${_variable}=…")
  endif()
endforeach()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOBILEGEN_CXX)
foreach(_variable MOBILEGEN_ZIG MOBILEGEN_LIBC)
  file(TO_CMAKE_PATH "${${_variable}}" ${_variable})
endforeach()

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR "${MOBILEGEN_PROCESSOR}")

# The headers are of a newer glibc; with the version they offer what that one has.
set(_flags ${MOBILEGEN_CLANG_FLAGS} -nostdlibinc -fPIC -fno-addrsig -no-canonical-prefixes
    -D__GLIBC_MINOR__=${MOBILEGEN_GLIBC_MINOR})
set(CMAKE_C_COMPILER "${MOBILEGEN_ZIG}" clang ${_flags})
# The code uses no C++ library; its headers would collide with the runtime's own replacements.
set(CMAKE_CXX_COMPILER "${MOBILEGEN_ZIG}" clang --driver-mode=g++ ${_flags} -nostdinc++)
set(CMAKE_ASM_COMPILER "${MOBILEGEN_ZIG}" clang ${_flags})

# CMake's own check would hand -pthread to the linker.
set(CMAKE_HAVE_LIBC_PTHREAD TRUE)
set(THREADS_HAVE_PTHREAD_ARG FALSE)

set(CMAKE_FIND_ROOT_PATH "${MOBILEGEN_LIBC}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# Read by CMake before its own rules for compiling and linking, which it then keeps.
set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CMAKE_CURRENT_LIST_DIR}/linux-glibc-rules.cmake")
