# CMake toolchain file of the embedded Android toolchain: the clang and LLD inside the ziglang
# wheel, with mobilegen's own sysroot. It needs no wrapper scripts, so it works on every host.
#
# Variables:
#   ANDROID_ABI            as with the NDK's toolchain file
#   ANDROID_PLATFORM       as with the NDK's, for example android-21
#   MOBILEGEN_ZIG          the zig executable
#   MOBILEGEN_SYSROOT      folder of the headers
#   MOBILEGEN_SYSROOT_LIB  folder of the stub libraries, start-up objects and target.cmake
#   MOBILEGEN_CXX          folder of the C++ library: libcxx.a and its config.h (default: none)
#   MOBILEGEN_KEEP_SYMBOLS ON leaves the symbol table in shared libraries (default OFF)
#
# The linker is called directly, not through clang: give linker options as "LINKER:…", which
# becomes right for this file and for the NDK's, and never as "-Wl,…".

set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ANDROID_ABI ANDROID_PLATFORM MOBILEGEN_ZIG
    MOBILEGEN_SYSROOT MOBILEGEN_SYSROOT_LIB)
foreach(_variable IN LISTS CMAKE_TRY_COMPILE_PLATFORM_VARIABLES)
  if("${${_variable}}" STREQUAL "")
    message(FATAL_ERROR "The embedded Android toolchain needs -D${_variable}=…")
  endif()
endforeach()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOBILEGEN_CXX)
foreach(_variable MOBILEGEN_ZIG MOBILEGEN_SYSROOT MOBILEGEN_SYSROOT_LIB MOBILEGEN_CXX)
  file(TO_CMAKE_PATH "${${_variable}}" ${_variable})
endforeach()

# MOBILEGEN_TARGET_ABI, _PLATFORM, _TRIPLE, _PROCESSOR, _COMPILE_FLAGS and _LINK_FLAGS.
include("${MOBILEGEN_SYSROOT_LIB}/target.cmake")
if(NOT "${ANDROID_ABI} ${ANDROID_PLATFORM}" STREQUAL
    "${MOBILEGEN_TARGET_ABI} ${MOBILEGEN_TARGET_PLATFORM}")
  message(FATAL_ERROR "${MOBILEGEN_SYSROOT_LIB} was made for ${MOBILEGEN_TARGET_ABI} "
    "${MOBILEGEN_TARGET_PLATFORM}, not for ${ANDROID_ABI} ${ANDROID_PLATFORM}")
endif()

set(CMAKE_SYSTEM_NAME Android)
# Version 1 makes CMake's own Android modules stand aside; the NDK's file does the same.
set(CMAKE_SYSTEM_VERSION 1)
set(CMAKE_SYSTEM_PROCESSOR "${MOBILEGEN_TARGET_PROCESSOR}")
set(CMAKE_ANDROID_ARCH_ABI "${ANDROID_ABI}")
set(ANDROID TRUE)

# The flags are part of the compiler command, so that no -DCMAKE_<LANG>_FLAGS can drop them and
# let the host's headers in. Those with a path are in the rules file: here, CMake would not keep
# the quotes that a path with a space needs.
set(_flags "--target=${MOBILEGEN_TARGET_TRIPLE}" ${MOBILEGEN_TARGET_COMPILE_FLAGS}
    -nostdlibinc -fPIC -fno-addrsig -no-canonical-prefixes)
set(CMAKE_C_COMPILER "${MOBILEGEN_ZIG}" clang ${_flags})
set(CMAKE_CXX_COMPILER "${MOBILEGEN_ZIG}" clang --driver-mode=g++ ${_flags} -nostdinc++)
set(CMAKE_ASM_COMPILER "${MOBILEGEN_ZIG}" clang ${_flags})

# Threads are in libc. CMake's own check fails on pthread_cancel, which Android does not have, and
# would then hand -pthread to the linker.
set(CMAKE_HAVE_LIBC_PTHREAD TRUE)
set(THREADS_HAVE_PTHREAD_ARG FALSE)

set(CMAKE_FIND_ROOT_PATH "${MOBILEGEN_SYSROOT_LIB}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# Read by CMake before its own rules for compiling, archives and linking, which it then keeps.
set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CMAKE_CURRENT_LIST_DIR}/android-embedded-rules.cmake")
