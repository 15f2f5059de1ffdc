// What several bodies hold.
#include <algorithm>

#include "base/text.h"
#include "wire/frame_reader.h"

namespace quorate::wire {

namespace {
constexpr std::size_t max_sentence_bytes = 2000;
}

std::string FrameReader::endpoint(capnp::Text::Reader source) {
    std::string read;
    require(consensus::read_endpoint(source, read), "not an endpoint");
    return read;
}

std::string FrameReader::endpoint_or_none(capnp::Text::Reader source) {
    return source.size() == 0 ? std::string{} : endpoint(source);
}

std::string FrameReader::name_or_none(capnp::Text::Reader source) {
    std::string read;
    require(source.size() == 0 || consensus::read_name(source, read), "not a name");
    return read;
}

/// It ends on somebody's terminal.
std::string FrameReader::sentence(capnp::Text::Reader source) {
    const std::string_view text = consensus::view(source);
    require(text.size() <= max_sentence_bytes, "a sentence is too long");
    require(base::count_printable(text).has_value(), "not a sentence");
    return std::string(text);
}

base::Nanos FrameReader::time(std::int64_t ns) {
    require(ns >= 0 && ns < base::never.count(), "a time out of range");
    return base::Nanos{ns};
}

Payload FrameReader::payload(capnp::Data::Reader bytes) const {
    return Payload(consensus::view(bytes), owner_);
}

base::PublicKey FrameReader::key(capnp::Data::Reader source) {
    base::PublicKey read;
    require(source.size() == 0 || source.size() == read.bytes.size(), "not a key");
    std::copy(source.begin(), source.end(), read.bytes.begin());
    return read;
}

Introduction FrameReader::introduction(capn::Introduction::Reader source) const {
    Introduction read;
    require(consensus::read_name(source.getName(), read.name), "not a name");
    read.endpoint = endpoint(source.getEndpoint());
    read.role = enumerator(source.getRole(), Role::witness);
    return read;
}

Standing FrameReader::standing(capn::Standing::Reader source) const {
    Standing read;
    read.incarnation = consensus::read_id<IncarnationId>(source.getIncarnation());
    read.leader = consensus::read_id<MemberId>(source.getLeader());
    read.epoch = sound_epoch(source.getEpoch());
    read.quorum = source.getQuorum();
    read.lease = source.getLease();
    read.company = source.getCompany();
    read.other_size = source.getOtherSize();
    read.leader_endpoint = endpoint_or_none(source.getLeaderEndpoint());
    require(read.incarnation || (!read.leader && !read.quorum && !read.lease),
            "a standing outside of any incarnation claims one");
    return read;
}

GroupSpec FrameReader::spec(schema::log::GroupSpec::Reader source) const {
    GroupSpec read;
    require(consensus::read_spec(source, read), "a spec that no version could use");
    return read;
}

std::vector<Contact> FrameReader::contacts(capnp::List<capn::Contact>::Reader list) const {
    require(list.size() <= limits_.contacts, "too many contacts");
    std::vector<Contact> read;
    read.reserve(list.size());
    for (const auto contact : list) {
        read.push_back({some_id<MemberId>(contact.getId()), endpoint(contact.getEndpoint()),
                        key(contact.getKey())});
    }
    return read;
}

}  // namespace quorate::wire
