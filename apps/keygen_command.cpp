// quorate keygen FILE: a member's key pair.
#include <iostream>

#include "command_line.h"
#include "quorate/quorate.h"
#include "subcommand.h"

namespace quorate::apps {

namespace po = boost::program_options;

namespace {

constexpr const char* usage =
    "usage: quorate keygen FILE\n\n"
    "Makes a key pair: FILE gets the secret key, readable by its owner alone, for --key;\n"
    "FILE.pub gets the public key: put it into the --authorized-keys directory of the other\n"
    "members. Nothing is ever overwritten.\n";

int make_keys(const std::string& file) {
    auto keys = generate_keys();
    if (!keys) {
        complain("keygen", keys.error().message);
        return exit_internal;
    }
    if (const auto saved = save_keys(*keys, file); !saved) {
        complain("keygen", saved.error().message);
        return exit_usage;
    }
    std::cout << "secret key: " << file << "\npublic key: " << file << ".pub  " << keys->public_key
              << '\n';
    return exit_ok;
}

}  // namespace

int keygen_command(const Arguments& arguments) {
    po::options_description described("Options");
    described.add_options()("help,h", "print this")("file", po::value<std::string>());
    po::positional_options_description positionals;
    positionals.add("file", 1);
    try {
        const po::variables_map map = read_command_line(arguments, described, positionals);
        if (map.count("help") > 0) {
            std::cout << usage;
            return exit_ok;
        }
        if (map.count("file") > 0 && !map["file"].as<std::string>().empty()) {
            return make_keys(map["file"].as<std::string>());
        }
        complain("keygen", "the file for the secret key is missing: quorate keygen FILE");
    } catch (const po::too_many_positional_options_error&) {
        complain("keygen", "takes one file; see quorate keygen --help");
    } catch (const po::error& error) {
        complain("keygen", error.what());
    }
    return exit_usage;
}

}  // namespace quorate::apps
