# The natives of the Java classes.
#
# MOBILEGEN_BRIDGE_SOURCES   of the library
# MOBILEGEN_BRIDGE_INCLUDES  folders of their headers
# MOBILEGEN_BRIDGE_EXPORTS   names that the library exports for the platform, or patterns of them
set(MOBILEGEN_BRIDGE_SOURCES)
foreach(_name bridge handles image_recognition model)
    list(APPEND MOBILEGEN_BRIDGE_SOURCES ${CMAKE_CURRENT_LIST_DIR}/${_name}.cpp)
endforeach()
set(MOBILEGEN_BRIDGE_INCLUDES)
set(MOBILEGEN_BRIDGE_EXPORTS Java_*)
if(NOT ANDROID)
    find_package(JNI REQUIRED)
    list(APPEND MOBILEGEN_BRIDGE_INCLUDES ${JNI_INCLUDE_DIRS})
endif()
