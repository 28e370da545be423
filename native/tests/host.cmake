# A toolchain file for this machine's own compiler. The code uses no C++ library; its headers
# would only collide with the runtime's own replacements.
set(CMAKE_CXX_FLAGS_INIT "-nostdinc++")
