# Flags that every target of the project gets, through the interface target quorate_flags.
add_library(quorate_flags INTERFACE)
target_compile_options(quorate_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                               -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False positives of g++ 12 once it optimizes: -Wrestrict on string concatenation (GCC bug 105651),
  # -Wmaybe-uninitialized on moved std::optional and std::variant under the sanitizers (105562).
  target_compile_options(quorate_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Several sources as one look like headers of a source to it.
  target_compile_options(quorate_flags INTERFACE -Wno-subobject-linkage)
endif()
if(QUORATE_SANITIZE)
  target_compile_options(quorate_flags INTERFACE -fsanitize=${QUORATE_SANITIZE}
                                                 -fno-omit-frame-pointer)
  if(QUORATE_SANITIZE MATCHES "undefined")
    target_compile_options(quorate_flags INTERFACE -fno-sanitize-recover=undefined)
  endif()
  target_link_options(quorate_flags INTERFACE -fsanitize=${QUORATE_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# quorate_module(NAME DEPENDS…): the library of src/NAME, all its *.cpp.
function(quorate_module name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  add_library(quorate_${name} STATIC ${sources})
  target_include_directories(quorate_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                                    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_link_libraries(quorate_${name} PUBLIC ${ARGN} PRIVATE $<BUILD_INTERFACE:quorate_flags>)
endfunction()
