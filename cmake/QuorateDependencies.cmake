# What Quorate stands on; all of it Debian packages (script/bootstrap installs them).
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)
# zmq.h includes nothing of what libzmq itself was built with. pkg-config tells those folders all the same,
# and CMake hands them on in another way when it configures again, which would compile everything anew.
set_target_properties(PkgConfig::ZMQ PROPERTIES INTERFACE_COMPILE_OPTIONS ""
                      INTERFACE_INCLUDE_DIRECTORIES "${ZMQ_INCLUDEDIR}")
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
find_package(CapnProto REQUIRED)
find_package(spdlog REQUIRED)
# By pkg-config: its CMake file asks for the headers of civetweb and curl, which are inside of it.
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-pull)
if(QUORATE_BUILD_EXECUTABLE)
  find_package(Boost REQUIRED COMPONENTS program_options)
  find_package(nlohmann_json REQUIRED)
endif()
if(QUORATE_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()

# Cap'n Proto's headers warn under our flags: they count as system headers (IMPORTED targets do).
# quorate_schema(NAME FILES…): a library of the generated code of schema/FILES.
function(quorate_schema name)
  set(CAPNPC_SRC_PREFIX ${PROJECT_SOURCE_DIR}/schema)
  set(CAPNPC_OUTPUT_DIR ${PROJECT_BINARY_DIR}/schema)
  file(MAKE_DIRECTORY ${CAPNPC_OUTPUT_DIR})
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/schema/)
  capnp_generate_cpp(sources headers ${ARGN})
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC $<BUILD_INTERFACE:${CAPNPC_OUTPUT_DIR}>)
  target_link_libraries(${name} PUBLIC CapnProto::capnp)
  if(QUORATE_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=${QUORATE_SANITIZE})
  endif()
endfunction()
