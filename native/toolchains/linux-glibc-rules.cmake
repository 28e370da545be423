# How programs and shared libraries for Linux are compiled and linked; see linux-glibc.cmake.

cmake_path(GET MOBILEGEN_ZIG PARENT_PATH _zig_dir)
set(_paths "-resource-dir \"${_zig_dir}/lib\"")
foreach(_folder IN LISTS MOBILEGEN_HEADERS)
  string(APPEND _paths " -isystem \"${_zig_dir}/lib/libc/include/${_folder}\"")
endforeach()
# The prefix maps keep this machine's paths out of the objects.
string(JOIN " " _paths ${_paths}
  "\"-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.\""
  "\"-ffile-prefix-map=${CMAKE_BINARY_DIR}=build\""
  "\"-ffile-prefix-map=${_zig_dir}=zig\"")

# The headers of the C++ library include those of C.
set(_cxx_paths)
set(_cxx_library)
if(MOBILEGEN_CXX)
  string(JOIN " " _cxx_paths
    "-include \"${MOBILEGEN_CXX}/config.h\" -isystem \"${_zig_dir}/lib/libcxx/include\""
    "\"-ffile-prefix-map=${MOBILEGEN_CXX}=cxx\" ")
  set(_cxx_library "\"${MOBILEGEN_CXX}/libcxx.a\"")
endif()

string(JOIN " " _options
  "-z relro -z now -z defs -z noexecstack --hash-style=gnu --build-id=sha1 --gc-sections"
  "--icf=all --eh-frame-hdr -s")
# Of an option that comes twice the last one counts: the size of pages is the processor's.
string(JOIN " " _last ${MOBILEGEN_LINK_FLAGS})
# The archive of glibc comes before the library, whose functions it calls.
string(JOIN " " _inputs
  "<OBJECTS> \"-L${MOBILEGEN_LIBC}\" --as-needed <LINK_LIBRARIES> ${_cxx_library} -lm"
  "\"${MOBILEGEN_LIBC}/libc_nonshared.a\" -lc -lpthread -lhelpers")
string(JOIN " " _shared
  "\"${MOBILEGEN_ZIG}\" ld.lld -shared ${_options} <LINK_FLAGS> ${_last}"
  "<SONAME_FLAG><TARGET_SONAME> -o <TARGET> ${_inputs}")
string(JOIN " " _program
  "\"${MOBILEGEN_ZIG}\" ld.lld -pie --dynamic-linker ${MOBILEGEN_LOADER} ${_options} <LINK_FLAGS> ${_last}"
  "-o <TARGET> \"${MOBILEGEN_LIBC}/Scrt1.o\" ${_inputs}")

foreach(_lang C CXX ASM)
  set(_first)
  if(_lang STREQUAL "CXX")
    set(_first "${_cxx_paths}")
  endif()
  set(CMAKE_${_lang}_COMPILE_OBJECT
    "<CMAKE_${_lang}_COMPILER> ${_first}${_paths} <DEFINES> <INCLUDES> <FLAGS> -o <OBJECT> -c <SOURCE>")
  # "LINKER:a,b" becomes "a b".
  unset(CMAKE_${_lang}_LINKER_WRAPPER_FLAG)
  unset(CMAKE_${_lang}_LINKER_WRAPPER_FLAG_SEP)
  set(CMAKE_${_lang}_VERBOSE_LINK_FLAG "")
  set(CMAKE_SHARED_LIBRARY_LINK_${_lang}_FLAGS "")
  set(CMAKE_SHARED_LIBRARY_SONAME_${_lang}_FLAG "-soname=")
  set(CMAKE_SHARED_LIBRARY_RUNTIME_${_lang}_FLAG "-rpath=")
  set(CMAKE_SHARED_LIBRARY_RUNTIME_${_lang}_FLAG_SEP ":")
  set(CMAKE_SHARED_LIBRARY_RPATH_LINK_${_lang}_FLAG "-rpath-link=")
  set(CMAKE_EXECUTABLE_RPATH_LINK_${_lang}_FLAG "-rpath-link=")
  set(CMAKE_EXECUTABLE_RUNTIME_${_lang}_FLAG "-rpath=")
  set(CMAKE_EXECUTABLE_RUNTIME_${_lang}_FLAG_SEP ":")
  set(CMAKE_${_lang}_CREATE_SHARED_LIBRARY "${_shared}")
  set(CMAKE_${_lang}_LINK_EXECUTABLE "${_program}")
  # D: no time stamps, owners or modes.
  set(CMAKE_${_lang}_ARCHIVE_CREATE "\"${MOBILEGEN_ZIG}\" ar qcsD <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${_lang}_ARCHIVE_APPEND "\"${MOBILEGEN_ZIG}\" ar qsD <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${_lang}_ARCHIVE_FINISH "")
endforeach()
