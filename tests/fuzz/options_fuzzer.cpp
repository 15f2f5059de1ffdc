// The options of `quorate member`. The input is arguments, one a line, up to a zero; what follows
// it is the configuration file.
#include <sys/mman.h>
#include <unistd.h>

#include "member_options.h"
#include "tests/fuzz/fuzz.h"

namespace quorate::fuzz {
namespace {

using namespace apps;

/// A file in memory.
class ConfigFile {
public:
    explicit ConfigFile(std::string_view content) : fd_(memfd_create("config", MFD_CLOEXEC)) {
        const auto written = write(fd_, content.data(), content.size());
        require(written == static_cast<ssize_t>(content.size()), "(the fuzzer writes its file)");
    }
    ~ConfigFile() { close(fd_); }
    ConfigFile(const ConfigFile&) = delete;
    ConfigFile& operator=(const ConfigFile&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

private:
    int fd_;
};

Arguments arguments_of(std::string_view text) {
    Arguments arguments;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        arguments.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        // No file of this machine, which might be endless, is read as a configuration.
        if (arguments.back().find("config") != std::string::npos) arguments.pop_back();
    }
    return arguments;
}

void check(const Arguments& arguments) {
    const auto parsed = parse_member_options(arguments);
    if (const auto* bad = std::get_if<BadUsage>(&parsed)) {
        require(bad->sentence.size() > 10, "what is bad about the options is told");
    }
    const auto* options = std::get_if<MemberCommandOptions>(&parsed);
    if (options == nullptr) return;
    require(!find_problem(options->spec), "a spec that was taken is usable");
    require(!find_problem(options->member), "so are the member's options");
    require(!find_problem_in_name(options->type) && !find_problem_in_name(options->instance),
            "so is the group's name");
}

}  // namespace
}  // namespace quorate::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace quorate::fuzz;
    const std::string_view text = text_of(data, size);
    const std::size_t zero = text.find('\0');
    Arguments arguments = arguments_of(text.substr(0, zero));
    if (zero == std::string_view::npos) {
        check(arguments);
        return 0;
    }
    const ConfigFile file(text.substr(zero + 1));
    arguments.push_back("--config");
    arguments.push_back(file.path());
    check(arguments);
    return 0;
}
