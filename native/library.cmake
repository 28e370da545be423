# The target `mobilegen`: the C interface, the adapter to one runtime and the bridge to a platform,
# in one library.
#
# MOBILEGEN_NAME       the library is lib<name>.so or lib<name>.a
# MOBILEGEN_KIND       SHARED or STATIC
# MOBILEGEN_FORMAT     a file in link/: how a shared library is linked
# MOBILEGEN_RUNTIME    name of the runtime
# MOBILEGEN_ENGINE     folder of its adapter, whose engine.cmake names further variables; without
#                      it the folder in engines/ of that name
# MOBILEGEN_GENERATED  folder with mobilegen_model.h and, where the functions get names of their own,
#                      mobilegen_names.h
# MOBILEGEN_EMBEDDED   a source file with the model itself; empty: without
# MOBILEGEN_BRIDGE     folder of a platform's sources, with bridge.cmake: absolute, or relative to this
#                      one; empty: C alone
# MOBILEGEN_STRIP      ON: without names and lines for a debugger
# MOBILEGEN_OPTIONS    further compile options
# MOBILEGEN_COMPANIONS names of libraries that go beside it; NAME.c in MOBILEGEN_GENERATED defines
#                      what each offers
# MOBILEGEN_COMPANION_HEADERS  folder of their headers
# MOBILEGEN_SYSTEM     further libraries of the system
# MOBILEGEN_FEATURES   names that are defined for the adapter
set(MOBILEGEN_KIND SHARED CACHE STRING "SHARED or STATIC")
set(MOBILEGEN_FORMAT elf CACHE STRING "how a shared library is linked")
option(MOBILEGEN_STRIP "without names and lines for a debugger" ON)
set(MOBILEGEN_NATIVE ${CMAKE_CURRENT_LIST_DIR})
if(NOT MOBILEGEN_ENGINE)
    set(MOBILEGEN_ENGINE ${MOBILEGEN_NATIVE}/engines/${MOBILEGEN_RUNTIME})
endif()
include(${MOBILEGEN_ENGINE}/engine.cmake)
include(${MOBILEGEN_NATIVE}/core/preprocess/preprocess.cmake)

set(MOBILEGEN_CORE_SOURCES)
foreach(_name adapt classify digest engine error file labels log model open permute tensor)
    list(APPEND MOBILEGEN_CORE_SOURCES ${MOBILEGEN_NATIVE}/core/${_name}.cpp)
endforeach()
list(APPEND MOBILEGEN_CORE_SOURCES ${MOBILEGEN_PREPROCESS_SOURCES} ${MOBILEGEN_EMBEDDED})
if(MOBILEGEN_BRIDGE)
    get_filename_component(_bridge ${MOBILEGEN_BRIDGE} ABSOLUTE BASE_DIR ${MOBILEGEN_NATIVE})
    include(${_bridge}/bridge.cmake)
    list(APPEND MOBILEGEN_CORE_SOURCES ${MOBILEGEN_BRIDGE_SOURCES})
    list(APPEND MOBILEGEN_ENGINE_INCLUDES ${MOBILEGEN_BRIDGE_INCLUDES})
endif()

# Against these is linked, never against the companions themselves: a linker would note versions
# of their symbols.
set(MOBILEGEN_STUBS)
foreach(_name IN LISTS MOBILEGEN_COMPANIONS)
    add_library(stub_${_name} SHARED ${MOBILEGEN_GENERATED}/${_name}.c)
    set_target_properties(stub_${_name} PROPERTIES
        PREFIX "" SUFFIX "" OUTPUT_NAME ${_name}
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/stubs)
    target_compile_options(stub_${_name} PRIVATE -w -fno-builtin -fvisibility=default)
    list(APPEND MOBILEGEN_STUBS stub_${_name})
endforeach()

# Without a C++ library: the runtime brings what little of it is needed, and exceptions and
# run-time types are off, so the C driver links. The library of an NDK is linked by the C++ driver.
set(MOBILEGEN_DRIVER C)
if(ANDROID_STL MATCHES "^c\\+\\+_")
    set(MOBILEGEN_DRIVER CXX)
endif()
function(mobilegen_settings target)
    target_include_directories(${target} PRIVATE
        ${MOBILEGEN_NATIVE}/include ${MOBILEGEN_NATIVE} ${MOBILEGEN_GENERATED}
        ${MOBILEGEN_ENGINE_INCLUDES} ${MOBILEGEN_COMPANION_HEADERS})
    target_compile_definitions(${target} PRIVATE
        ${MOBILEGEN_ENGINE_DEFINITIONS} ${MOBILEGEN_FEATURES})
    if(EXISTS ${MOBILEGEN_GENERATED}/mobilegen_names.h)
        # The namespace as well, whose functions are not hidden in an archive.
        target_compile_definitions(${target} PRIVATE
            MOBILEGEN_NAMES mobilegen=mobilegen_${MOBILEGEN_NAME})
    endif()
    target_compile_options(${target} PRIVATE
        ${MOBILEGEN_OPTIONS} $<$<CONFIG:Debug>:-O0>
        $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)
    set_target_properties(${target} PROPERTIES
        CXX_STANDARD 11 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
        POSITION_INDEPENDENT_CODE ON LINKER_LANGUAGE ${MOBILEGEN_DRIVER})
    target_link_libraries(${target} PRIVATE ${MOBILEGEN_STUBS} ${MOBILEGEN_SYSTEM} m)
    if(ANDROID)
        target_link_libraries(${target} PRIVATE log)
    else()
        target_link_libraries(${target} PRIVATE pthread)
    endif()
endfunction()

add_library(mobilegen ${MOBILEGEN_KIND} ${MOBILEGEN_CORE_SOURCES} ${MOBILEGEN_ENGINE_SOURCES})
mobilegen_settings(mobilegen)
set_target_properties(mobilegen PROPERTIES OUTPUT_NAME ${MOBILEGEN_NAME} PREFIX lib)
if(MOBILEGEN_KIND STREQUAL "SHARED")
    include(${MOBILEGEN_NATIVE}/link/${MOBILEGEN_FORMAT}.cmake)
endif()
