# How static programs are compiled and linked; see linux-static.cmake.

cmake_path(GET MOBILEGEN_ZIG PARENT_PATH _zig_dir)
set(_headers "-resource-dir \"${_zig_dir}/lib\"")
foreach(_folder IN LISTS MOBILEGEN_HEADERS)
  string(APPEND _headers " -isystem \"${_zig_dir}/lib/libc/include/${_folder}\"")
endforeach()

string(JOIN " " _link_flags ${MOBILEGEN_LINK_FLAGS})
string(JOIN " " _program
  "\"${MOBILEGEN_ZIG}\" ld.lld ${_link_flags} <LINK_FLAGS> -o <TARGET>"
  "\"${MOBILEGEN_LIBC}/crt1.o\" <OBJECTS> \"-L${MOBILEGEN_LIBC}\" <LINK_LIBRARIES> -lc")

foreach(_lang C CXX ASM)
  set(CMAKE_${_lang}_COMPILE_OBJECT
    "<CMAKE_${_lang}_COMPILER> ${_headers} <DEFINES> <INCLUDES> <FLAGS> -o <OBJECT> -c <SOURCE>")
  # The linker is called directly: "LINKER:a,b" becomes "a b".
  unset(CMAKE_${_lang}_LINKER_WRAPPER_FLAG)
  unset(CMAKE_${_lang}_LINKER_WRAPPER_FLAG_SEP)
  set(CMAKE_${_lang}_VERBOSE_LINK_FLAG "")
  set(CMAKE_SHARED_LIBRARY_LINK_${_lang}_FLAGS "")
  set(CMAKE_${_lang}_LINK_EXECUTABLE "${_program}")
endforeach()
