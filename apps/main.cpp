// quorate SUBCOMMAND …: finds the subcommand and turns whatever goes wrong into an exit code.
#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <iostream>
#include <string_view>

#include "encoding.h"
#include "quorate/quorate.h"
#include "subcommand.h"

namespace quorate::apps {

namespace {

struct Subcommand {
    std::string_view name;
    std::string_view summary;
    int (*run)(const Arguments&);
};

constexpr Subcommand subcommands[] = {
    {"member", "join a group as one member, driven by standard input", member_command},
    {"demo", "watch a group live: founding, votes, the leader killed, its replacement",
     demo_command},
    {"keygen", "make a key pair for members that are authenticated", keygen_command},
    {"status", "ask a running member how its group is", status_command},
    {"members", "ask a running member who is in its group", members_command},
    {"watch", "tell what changes in a running member's group, as it does", watch_command},
    {"elections", "ask a running member for the elections it saw: why, who voted how, how long",
     elections_command},
    {"doctor", "look whether this machine and its network are fit for a member", doctor_command},
    {"bench", "measure one thing beside its baseline in the same run", bench_command},
};

void print_usage(std::ostream& out) {
    out << "usage: quorate SUBCOMMAND [OPTION...]\n\n";
    for (const Subcommand& subcommand : subcommands) {
        out << "  " << subcommand.name << "  " << subcommand.summary << '\n';
    }
    out << "\nquorate SUBCOMMAND --help tells more; quorate --version, which this is.\n";
}

/// A broken invariant ends the process with its sentence and an exit code, not with an abort.
void end_on_broken_invariant(std::string_view where, std::string_view what) {
    const std::string line =
        "quorate: internal error at " + std::string(where) + ": " + std::string(what) + '\n';
    (void)!write(STDERR_FILENO, line.data(), line.size());
    _exit(exit_internal);
}

/// Who was started with a standard descriptor closed would give its number to something else.
void open_standard_descriptors() {
    int fd = STDIN_FILENO;
    while (fd >= STDIN_FILENO && fd <= STDERR_FILENO) fd = open("/dev/null", O_RDWR);
    if (fd > STDERR_FILENO) close(fd);
}

int run(const Arguments& arguments) {
    if (arguments.empty()) {
        complain("", "a subcommand is missing; see quorate --help");
        return exit_usage;
    }
    const std::string& first = arguments.front();
    if (first == "--help" || first == "-h" || first == "help") {
        print_usage(std::cout);
        return exit_ok;
    }
    if (first == "--version") {
        std::cout << "quorate " QUORATE_VERSION "\n";
        return exit_ok;
    }
    for (const Subcommand& subcommand : subcommands) {
        if (subcommand.name == first)
            return subcommand.run({arguments.begin() + 1, arguments.end()});
    }
    complain("", "there is no subcommand " + quoted(first) + "; see quorate --help");
    return exit_usage;
}

}  // namespace

void complain(const std::string& who, const std::string& sentence) {
    std::cerr << "quorate" << (who.empty() ? "" : " ") << who << ": " << sentence << '\n';
}

}  // namespace quorate::apps

int main(int argc, char** argv) {
    using namespace quorate::apps;
    open_standard_descriptors();
    quorate::set_check_handler(end_on_broken_invariant);
    try {
        return run(argc > 0 ? Arguments(argv + 1, argv + argc) : Arguments());
    } catch (const std::exception& exception) {
        complain("", std::string("internal error: ") + exception.what());
        return exit_internal;
    }
}
