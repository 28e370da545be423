# What engine.cmake takes, where ncnn's sources are part of a project: the objects are compiled here.
#
# MOBILEGEN_SOURCES  folder with ncnn/: its sources as far as this model needs them, and in
#                    ncnn/abi/<ABI> the headers of its configuration, this model's tables, and
#                    objects.cmake, which takes
#                      MOBILEGEN_OBJECT_ROOT      ncnn/
#                    and sets
#                      MOBILEGEN_OBJECT_SOURCES   relative to it
#                      MOBILEGEN_OBJECT_INCLUDES  relative to it
#                      MOBILEGEN_OBJECT_OPTIONS   compile options
#                      MOBILEGEN_OPTIONS          the same for all that is not of ncnn
set(MOBILEGEN_NCNN_SOURCE ${MOBILEGEN_SOURCES}/ncnn)
set(MOBILEGEN_NCNN_BINARY ${MOBILEGEN_NCNN_SOURCE}/abi/${ANDROID_ABI})
set(MOBILEGEN_NCNN_REGISTRY ${MOBILEGEN_NCNN_BINARY})
if(NOT EXISTS ${MOBILEGEN_NCNN_BINARY}/objects.cmake)
    message(FATAL_ERROR
        "There are no sources for ${ANDROID_ABI}: add it with mobilegen build --abi ${ANDROID_ABI}, "
        "or take it out of abiFilters.")
endif()
set(MOBILEGEN_OBJECT_ROOT ${MOBILEGEN_NCNN_SOURCE})
include(${MOBILEGEN_NCNN_BINARY}/objects.cmake)
list(TRANSFORM MOBILEGEN_OBJECT_SOURCES PREPEND ${MOBILEGEN_OBJECT_ROOT}/)
list(TRANSFORM MOBILEGEN_OBJECT_INCLUDES PREPEND ${MOBILEGEN_OBJECT_ROOT}/)

add_library(ncnn OBJECT ${MOBILEGEN_OBJECT_SOURCES})
target_include_directories(ncnn PRIVATE ${MOBILEGEN_OBJECT_INCLUDES})
# With lines for a debugger the compiler describes every parallel loop: 10 % more, in the shipped
# library, too.
target_compile_options(ncnn PRIVATE
    ${MOBILEGEN_OBJECT_OPTIONS} $<$<NOT:$<CONFIG:Debug>>:-g0>)
set_target_properties(ncnn PROPERTIES POSITION_INDEPENDENT_CODE ON)
set(MOBILEGEN_NCNN_OBJECTS $<TARGET_OBJECTS:ncnn>)
