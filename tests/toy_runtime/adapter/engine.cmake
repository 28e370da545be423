# The adapter to the toy runtime.
#
# TOY_OBJECTS  its compiled objects, where it is no library of its own
# TOY_HEADERS  folder of its header then
set(MOBILEGEN_ENGINE_SOURCES ${CMAKE_CURRENT_LIST_DIR}/engine.cpp ${TOY_OBJECTS})
set(MOBILEGEN_ENGINE_INCLUDES ${TOY_HEADERS})
set(MOBILEGEN_ENGINE_DEFINITIONS)
set(MOBILEGEN_PROFILE_SOURCES)
