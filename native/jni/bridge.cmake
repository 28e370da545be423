# The natives of the Java classes.
#
# MOBILEGEN_BRIDGE_SOURCES   of the library
# MOBILEGEN_BRIDGE_INCLUDES  folders of their headers
set(MOBILEGEN_BRIDGE_SOURCES)
foreach(_name bridge handles image_recognition model)
    list(APPEND MOBILEGEN_BRIDGE_SOURCES ${CMAKE_CURRENT_LIST_DIR}/${_name}.cpp)
endforeach()
set(MOBILEGEN_BRIDGE_INCLUDES)
if(NOT ANDROID)
    find_package(JNI REQUIRED)
    list(APPEND MOBILEGEN_BRIDGE_INCLUDES ${JNI_INCLUDE_DIRS})
endif()
