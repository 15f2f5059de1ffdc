#include "base/check.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace quorate::base {

namespace {
std::atomic<CheckHandler> handler{nullptr};
}

CheckHandler set_check_handler(CheckHandler next) {
    return handler.exchange(next);
}

void check_failed(const char* file, int line, const char* condition, const std::string& what) {
    const std::string where = std::string(file) + ":" + std::to_string(line);
    const std::string sentence = std::string(condition) + ": " + what;
    if (CheckHandler set = handler.load()) set(where, sentence);
    std::fprintf(stderr, "quorate: broken invariant at %s: %s\n", where.c_str(), sentence.c_str());
    std::abort();
}

}  // namespace quorate::base
