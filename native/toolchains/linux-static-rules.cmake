# How static programs are compiled and linked; see linux-static.cmake.

cmake_path(GET MOBILEGEN_ZIG PARENT_PATH _zig_dir)
set(_headers "-resource-dir \"${_zig_dir}/lib\"")
foreach(_folder IN LISTS MOBILEGEN_HEADERS)
  string(APPEND _headers " -isystem \"${_zig_dir}/lib/libc/include/${_folder}\"")
endforeach()

# musl gives a thread 128 KB of stack unless the program says otherwise, Android gives 1 MB. Pages
# may be of 16 KB there.
string(JOIN " " _program
  "\"${MOBILEGEN_ZIG}\" cc -target ${MOBILEGEN_ZIG_TARGET} -static -s"
  "-Wl,-z,stack-size=1048576,-z,max-page-size=16384"
  "<LINK_FLAGS> -o <TARGET> <OBJECTS> <LINK_LIBRARIES>")

foreach(_lang C CXX ASM)
  set(CMAKE_${_lang}_COMPILE_OBJECT
    "<CMAKE_${_lang}_COMPILER> ${_headers} <DEFINES> <INCLUDES> <FLAGS> -o <OBJECT> -c <SOURCE>")
  set(CMAKE_${_lang}_LINK_EXECUTABLE "${_program}")
endforeach()
