# The adapter to ncnn, the registry of this model's layers and the compiled objects they need.
#
# MOBILEGEN_NCNN_SOURCE    ncnn's unpacked source package
# MOBILEGEN_NCNN_BINARY    the build tree of its object set (generated headers)
# MOBILEGEN_NCNN_REGISTRY  folder with this model's layer_declaration.h and layer_registry.h
# MOBILEGEN_NCNN_OBJECTS   list of object files; sources.cmake compiles them where there are none
set(ncnn_registry_source ${MOBILEGEN_NCNN_SOURCE}/src/layer.cpp)

# layer.cpp includes its registry by name: this model's copy must be found before the full one.
set_source_files_properties(${ncnn_registry_source} PROPERTIES
    INCLUDE_DIRECTORIES "${MOBILEGEN_NCNN_REGISTRY};${MOBILEGEN_NCNN_SOURCE}/src/layer"
    COMPILE_OPTIONS -w)

set(MOBILEGEN_ENGINE_SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/engine.cpp
    ${CMAKE_CURRENT_LIST_DIR}/omp.cpp
    ${CMAKE_CURRENT_LIST_DIR}/reader.cpp
    ${ncnn_registry_source}
    ${MOBILEGEN_NCNN_OBJECTS})
# What only programs need that look at single layers.
set(MOBILEGEN_PROFILE_SOURCES ${CMAKE_CURRENT_LIST_DIR}/tools/profile.cpp)
set(MOBILEGEN_ENGINE_INCLUDES ${MOBILEGEN_NCNN_BINARY}/src ${MOBILEGEN_NCNN_SOURCE}/src)
set(MOBILEGEN_ENGINE_DEFINITIONS NCNN_STATIC_DEFINE)
