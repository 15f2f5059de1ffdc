// The values that stand in the log, in the state and in frames alike, to Cap'n Proto and back.
//
// read_…() trusts nothing: it says false for a value that is not within the limits, and may throw
// kj::Exception. Includes Cap'n Proto: for the files that encode and decode, not for headers.
#pragma once

#include <capnp/blob.h>

#include <string>
#include <string_view>
#include <vector>

#include "consensus/state_machine.h"
#include "log.capnp.h"

namespace quorate::consensus {

namespace schema_log = ::quorate::schema::log;

// ---- ids: every group `id { high, low }` in the schemas has a type of its own ----
template <class SomeId, class Reader>
SomeId read_id(const Reader& reader) {
    return SomeId{reader.getHigh(), reader.getLow()};
}
template <class Builder, class SomeId>
void write_id(Builder builder, const SomeId& id) {
    builder.setHigh(id.high);
    builder.setLow(id.low);
}

// ---- enumerations: same order in the schema and in the headers ----
template <class To, class From>
To to_schema(From value) {
    return static_cast<To>(value);
}
/// False for a number that the enumeration doesn't know; `last` is the greatest that it does.
template <class To, class From>
bool read_enum(From raw, To last, To& value) {
    value = static_cast<To>(raw);
    return static_cast<std::uint64_t>(raw) <= static_cast<std::uint64_t>(last);
}

/// A list's length, as Cap'n Proto takes it.
constexpr unsigned count_of(std::size_t size) {
    return static_cast<unsigned>(size);
}

// ---- bytes ----
inline std::string_view view(capnp::Data::Reader data) {
    return {reinterpret_cast<const char*>(data.begin()), data.size()};
}
inline std::string_view view(capnp::Text::Reader text) {
    return {text.begin(), text.size()};
}
inline capnp::Data::Reader as_data(std::string_view bytes) {
    return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}
template <class Allocator>
capnp::Text::Reader as_text(
    const std::basic_string<char, std::char_traits<char>, Allocator>& text) {
    return {text.c_str(), text.size()};
}

bool read_name(capnp::Text::Reader text, std::string& name);
/// tcp://HOST:PORT, the port not 0.
bool read_endpoint(capnp::Text::Reader text, std::string& endpoint);

// ---- structs ----
bool read_member(schema_log::MemberRecord::Reader reader, MemberRecord& member);
void write_member(schema_log::MemberRecord::Builder builder, const MemberRecord& member);

/// At most StateMachine::max_roster, nobody twice.
bool read_roster(capnp::List<schema_log::MemberRecord>::Reader reader,
                 std::vector<MemberRecord>& roster);
void write_roster(capnp::List<schema_log::MemberRecord>::Builder builder,
                  const std::vector<MemberRecord>& roster);

/// True for every spec that some version could use: what this version refuses, it refuses with a
/// sentence, not as garbage.
bool read_spec(schema_log::GroupSpec::Reader reader, GroupSpec& spec);
void write_spec(schema_log::GroupSpec::Builder builder, const GroupSpec& spec);

/// A tolerance above 0, and both at most an hour; a moment that leaves room to count.
bool read_terms(schema_log::ActionTerms::Reader reader, ActionTerms& terms);
void write_terms(schema_log::ActionTerms::Builder builder, const ActionTerms& terms);
bool read_stamp(schema_log::Stamp::Reader reader, Stamp& stamp);
void write_stamp(schema_log::Stamp::Builder builder, const Stamp& stamp);

bool read_founding(schema_log::Founding::Reader reader, Founding& founding);
void write_founding(schema_log::Founding::Builder builder, const Founding& founding);

/// How many words such a member, or a founding, takes in a message: an upper bound.
std::size_t words_of(const MemberRecord& member);
std::size_t words_of(const std::vector<MemberRecord>& roster);
std::size_t words_of(const Founding& founding);

}  // namespace quorate::consensus
