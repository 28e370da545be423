# CMake toolchain file for programs that hold everything they need and run on any Linux kernel of
# their processor, Android's too: the clang, LLD and musl inside the ziglang wheel.
#
# Variables:
#   MOBILEGEN_ZIG         the zig executable
#   MOBILEGEN_PROCESSOR   CMAKE_SYSTEM_PROCESSOR
#   MOBILEGEN_ZIG_FLAGS   target and processor, as `zig cc` takes them
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOBILEGEN_ZIG MOBILEGEN_PROCESSOR MOBILEGEN_ZIG_FLAGS)
foreach(_variable IN LISTS CMAKE_TRY_COMPILE_PLATFORM_VARIABLES)
  if("${${_variable}}" STREQUAL "")
    message(FATAL_ERROR "The toolchain for static programs needs -D${_variable}=…")
  endif()
endforeach()
file(TO_CMAKE_PATH "${MOBILEGEN_ZIG}" MOBILEGEN_ZIG)

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR "${MOBILEGEN_PROCESSOR}")

set(CMAKE_C_COMPILER "${MOBILEGEN_ZIG}" cc ${MOBILEGEN_ZIG_FLAGS})
set(CMAKE_ASM_COMPILER "${MOBILEGEN_ZIG}" cc ${MOBILEGEN_ZIG_FLAGS})
# The code uses no C++ library; its headers would collide with the runtime's own replacements.
set(CMAKE_CXX_COMPILER "${MOBILEGEN_ZIG}" c++ ${MOBILEGEN_ZIG_FLAGS} -nostdinc++)

# musl gives a thread 128 KB of stack unless the program says otherwise; Android gives 1 MB. Pages
# may be of 16 KB there.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -s -Wl,-z,stack-size=1048576,-z,max-page-size=16384")
