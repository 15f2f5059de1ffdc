#include "security_options.h"

namespace quorate::apps {

namespace po = boost::program_options;

void add_security_options(po::options_description& described) {
    const auto none = [] { return po::value<std::string>(); };
    // clang-format off
    described.add_options()
        ("key", none(), "file of this member's secret key (quorate keygen); encrypts everything")
        ("authorized-keys", none(), "directory of the public keys (*.pub) that are let in")
        ("token-file", none(), "file whose first line is the deployment's token; with --key");
    // clang-format on
}

std::optional<std::string> load_security(const po::variables_map& values, Security& security) {
    const auto text = [&](const char* option) { return values[option].as<std::string>(); };
    if (values.count("key") > 0) {
        auto key = load_secret_key(text("key"));
        if (!key) return key.error().message;
        security.secret_key = *key;
    }
    if (values.count("authorized-keys") > 0) {
        security.authorized_keys = text("authorized-keys");
        if (security.authorized_keys.empty()) return "--authorized-keys must not be empty";
    }
    if (values.count("token-file") > 0) {
        auto token = load_token(text("token-file"));
        if (!token) return token.error().message;
        security.token = *token;
    }
    if (const auto problem = find_problem(security)) return problem->message;
    return std::nullopt;
}

}  // namespace quorate::apps
