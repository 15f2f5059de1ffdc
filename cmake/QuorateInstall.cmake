# What `cmake --install` puts where: the libraries, the public headers, the executable if it was built, and a package for
# find_package(quorate). tests/install builds a component with it.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/quorate)
set_target_properties(quorate_observability PROPERTIES EXPORT_NAME observe)
install(TARGETS quorate quorate_observability quorate_schemas quorate_base quorate_raft quorate_consensus
                quorate_wire quorate_net quorate_group quorate_observe
        EXPORT quorateTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(QUORATE_BUILD_EXECUTABLE)
  install(TARGETS quorate_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/quorate DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT quorateTargets NAMESPACE quorate:: DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/quorateConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/quorateConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/quorateConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/quorateConfig.cmake ${PROJECT_BINARY_DIR}/quorateConfigVersion.cmake
        DESTINATION ${package_dir})
