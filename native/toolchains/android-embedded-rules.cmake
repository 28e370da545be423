# How the embedded Android toolchain makes objects, archives and shared libraries; see
# android-embedded.cmake.

set(_zig "\"${MOBILEGEN_ZIG}\"")
set(_lib "${MOBILEGEN_SYSROOT_LIB}")
cmake_path(GET MOBILEGEN_ZIG PARENT_PATH _zig_dir)

# The prefix maps keep this machine's paths out of the objects.
string(JOIN " " _paths
  "-resource-dir \"${_zig_dir}/lib\" -isystem \"${MOBILEGEN_SYSROOT}\""
  "\"-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.\""
  "\"-ffile-prefix-map=${CMAKE_BINARY_DIR}=build\""
  "\"-ffile-prefix-map=${MOBILEGEN_SYSROOT}=sysroot\""
  "\"-ffile-prefix-map=${_zig_dir}=zig\"")

# The headers of the C++ library include those of C.
set(_cxx_paths)
set(_cxx_library)
if(MOBILEGEN_CXX)
  string(JOIN " " _cxx_paths
    "-include \"${MOBILEGEN_CXX}/config.h\" -isystem \"${_zig_dir}/lib/libcxx/include\""
    "\"-ffile-prefix-map=${MOBILEGEN_CXX}=cxx\"")
  set(_cxx_library "\"${MOBILEGEN_CXX}/libcxx.a\"")
endif()

# 16 KB pages are demanded by the store; a sysv hash table is all that API levels below 23 read.
string(JOIN " " _options
  "-z max-page-size=16384 -z relro -z now -z defs -z noexecstack"
  "--hash-style=both --build-id=sha1 --gc-sections --icf=all"
  ${MOBILEGEN_TARGET_LINK_FLAGS})
if(NOT MOBILEGEN_KEEP_SYMBOLS)
  string(APPEND _options " -s")
endif()
string(JOIN " " _inputs
  "-o <TARGET> \"${_lib}/crtbegin.o\" \"${_lib}/note.o\" <OBJECTS>"
  "\"-L${_lib}\" --as-needed <LINK_LIBRARIES> ${_cxx_library}"
  "-lc -lm -ldl -lbuiltins")
set(_shared
  "${_zig} ld.lld -shared ${_options} <LINK_FLAGS> <SONAME_FLAG><TARGET_SONAME> ${_inputs}")

# There is no start-up code for executables. CMake's checks link one, but never run it.
get_property(_is_check GLOBAL PROPERTY IN_TRY_COMPILE)
if(_is_check)
  set(_executable "${_zig} ld.lld -pie -e main ${_options} <LINK_FLAGS> ${_inputs}")
else()
  set(_executable
    "\"${CMAKE_COMMAND}\" -E echo \"the embedded toolchain links no executables: <TARGET>\""
    "\"${CMAKE_COMMAND}\" -E false")
endif()

foreach(_lang C CXX ASM)
  set(_first)
  if(_lang STREQUAL "CXX" AND MOBILEGEN_CXX)
    set(_first "${_cxx_paths} ")
  endif()
  set(CMAKE_${_lang}_COMPILE_OBJECT
    "<CMAKE_${_lang}_COMPILER> ${_first}${_paths} <DEFINES> <INCLUDES> <FLAGS> -o <OBJECT> -c <SOURCE>")
  # "LINKER:a,b" becomes "a b".
  unset(CMAKE_${_lang}_LINKER_WRAPPER_FLAG)
  unset(CMAKE_${_lang}_LINKER_WRAPPER_FLAG_SEP)
  set(CMAKE_SHARED_LIBRARY_SONAME_${_lang}_FLAG "-soname=")
  set(CMAKE_SHARED_MODULE_SONAME_${_lang}_FLAG "-soname=")
  set(CMAKE_${_lang}_CREATE_SHARED_LIBRARY "${_shared}")
  set(CMAKE_${_lang}_CREATE_SHARED_MODULE "${_shared}")
  set(CMAKE_${_lang}_LINK_EXECUTABLE "${_executable}")
  # D: no time stamps, owners or modes.
  set(CMAKE_${_lang}_ARCHIVE_CREATE "${_zig} ar qcsD <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${_lang}_ARCHIVE_APPEND "${_zig} ar qsD <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${_lang}_ARCHIVE_FINISH "")
endforeach()
