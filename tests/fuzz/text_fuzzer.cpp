// Names, endpoints, group names and ids, as they stand in frames, options and commands.
#include <algorithm>
#include <cctype>

#include "base/endpoint.h"
#include "base/text.h"
#include "encoding.h"
#include "tests/fuzz/fuzz.h"

namespace quorate::fuzz {
namespace {

/// Two decoders of UTF-8, written apart, agree; but for control characters, which one allows.
void check_characters(std::string_view text) {
    const auto printable = base::count_printable(text);
    const bool utf8 = apps::is_utf8(text);
    if (printable) {
        require(utf8 && *printable <= text.size(), "printable text is well-formed UTF-8");
    } else if (utf8) {
        bool control = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto byte = static_cast<unsigned char>(text[i]);
            const bool c1 = byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
            control = control || byte < 0x20 || byte == 0x7F || c1;
        }
        require(control, "well-formed UTF-8 that can't be printed has a control character");
    }
    if (base::is_name(text)) {
        require(printable && *printable >= 1 && *printable <= 64, "a name has 1 to 64 characters");
        require(text.size() <= 256, "four bytes a character at most");
    }
    const std::string encoded = apps::to_base64(text);
    require(encoded.size() == (text.size() + 2) / 3 * 4,
            "base64 takes four digits for three bytes");
}

void check_group_name(std::string_view text) {
    if (!base::is_group_name(text)) return;
    require(text.size() <= 129 && base::is_name(text.substr(0, 64)), "a group's name is short");
    const std::size_t dot = text.find('.');
    require(base::is_identifier(text.substr(0, dot)) && base::is_identifier(text.substr(dot + 1)),
            "a group's name is TYPE.INSTANCE");
}

void check_endpoint(std::string_view text) {
    if (const auto where = base::parse_host_port(text)) {
        require(!where->host.empty() && where->host.size() <= 253, "a host has 1 to 253 bytes");
        require(base::count_printable(where->host).has_value(), "a host is printable");
        require(base::parse_host_port(where->text()) == where, "what was parsed is spelt the same");
        require(base::parse_endpoint(where->endpoint()) == where, "also as an endpoint");
        require(base::is_dialable(where->endpoint()) == (where->port != 0), "port 0 is no place");
        require(!base::parse_endpoint(text), "HOST:PORT alone is no endpoint");
    }
    if (const auto where = base::parse_endpoint(text)) {
        require(base::parse_endpoint(where->endpoint()) == where, "an endpoint is spelt the same");
        require(base::is_dialable(text) == (where->port != 0), "port 0 is no place");
    } else {
        require(!base::is_dialable(text), "only an endpoint can be dialled");
    }
}

void check_id(std::string_view text) {
    const auto id = MemberId::from_hex(text);
    require(!id || text.size() == 32, "an id has 32 digits");
    if (!id) return;
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    require(id->hex() == lower, "an id is spelt the same");
}

void check_time(std::string_view text) {
    std::int64_t ns = 0;
    if (text.size() < sizeof ns) return;
    std::memcpy(&ns, text.data(), sizeof ns);
    const std::string shown = base::in_milliseconds(std::chrono::nanoseconds(ns));
    const bool digits = shown.find_first_not_of("-.0123456789") == std::string::npos;
    require(digits && shown.size() <= 22 && (ns < 0) == (shown.front() == '-'),
            "a time is shown as a number");
}

}  // namespace
}  // namespace quorate::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace quorate::fuzz;
    const quorate::Payload bytes = payload_of(text_of(data, size));
    check_characters(bytes.view());
    check_group_name(bytes.view());
    check_endpoint(bytes.view());
    check_id(bytes.view());
    check_time(bytes.view());
    return 0;
}
