# How a shared library is linked as ELF: for Android and Linux.
set(_version_script ${CMAKE_CURRENT_BINARY_DIR}/exports.map)
set(_exported mobilegen_* ${MOBILEGEN_BRIDGE_EXPORTS})
list(JOIN _exported ";\n    " MOBILEGEN_EXPORTED)
configure_file(${MOBILEGEN_NATIVE}/exports.map ${_version_script} @ONLY)
set_target_properties(mobilegen PROPERTIES
    LINK_DEPENDS ${_version_script}
    # The folder of the stubs is nobody's; Android finds what lies beside a library.
    BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$<$<AND:$<BOOL:${MOBILEGEN_COMPANIONS}>,$<NOT:$<BOOL:${ANDROID}>>>:$ORIGIN>")

# 16 KB pages are required by Android 15; both hash tables, because API 21 knows only the old one.
target_link_options(mobilegen PRIVATE
    LINKER:--version-script=${_version_script}
    LINKER:-z,max-page-size=16384 LINKER:-z,relro LINKER:-z,now LINKER:-z,defs
    LINKER:--hash-style=both LINKER:--build-id=sha1 LINKER:--gc-sections)
if(MOBILEGEN_STRIP)
    target_link_options(mobilegen PRIVATE LINKER:-s)
endif()
include(CheckLinkerFlag)
check_linker_flag(C LINKER:--icf=all MOBILEGEN_HAS_ICF)
if(MOBILEGEN_HAS_ICF)
    target_link_options(mobilegen PRIVATE LINKER:--icf=all)
endif()
