#include "consensus/schema_values.h"

#include <algorithm>
#include <set>

#include "base/endpoint.h"
#include "base/text.h"
#include "consensus/flat_message.h"

namespace quorate::consensus {

namespace {

/// A struct or list starts with at most this many words of tag, pointers and small fields.
constexpr std::size_t struct_words = 8;

}  // namespace

bool read_name(capnp::Text::Reader text, std::string& name) {
    name = view(text);
    return base::is_name(name);
}

bool read_endpoint(capnp::Text::Reader text, std::string& endpoint) {
    endpoint = view(text);
    return base::is_dialable(endpoint);
}

bool read_member(schema_log::MemberRecord::Reader reader, MemberRecord& member) {
    member.id = read_id<MemberId>(reader.getId());
    return member.id && read_enum(reader.getRole(), Role::witness, member.role) &&
           read_name(reader.getName(), member.name) &&
           read_endpoint(reader.getEndpoint(), member.endpoint);
}

void write_member(schema_log::MemberRecord::Builder builder, const MemberRecord& member) {
    write_id(builder.getId(), member.id);
    builder.setRole(to_schema<schema_log::Role>(member.role));
    builder.setName(as_text(member.name));
    builder.setEndpoint(as_text(member.endpoint));
}

bool read_roster(capnp::List<schema_log::MemberRecord>::Reader reader,
                 std::vector<MemberRecord>& roster) {
    if (reader.size() > StateMachine::max_roster) return false;
    roster.clear();
    roster.reserve(reader.size());
    std::set<MemberId> ids;
    for (const auto member : reader) {
        if (!read_member(member, roster.emplace_back())) return false;
        if (!ids.insert(roster.back().id).second) return false;
    }
    return true;
}

void write_roster(capnp::List<schema_log::MemberRecord>::Builder builder,
                  const std::vector<MemberRecord>& roster) {
    for (unsigned i = 0; i < roster.size(); ++i) write_member(builder[i], roster[i]);
}

bool read_spec(schema_log::GroupSpec::Reader reader, GroupSpec& spec) {
    spec.size = reader.getSize();
    spec.max_voters = reader.getMaxVoters();
    spec.timing.heartbeat = Duration(reader.getHeartbeatNs());
    spec.timing.election_min = Duration(reader.getElectionMinNs());
    spec.timing.election_max = Duration(reader.getElectionMaxNs());
    spec.timing.peer_timeout = Duration(reader.getPeerTimeoutNs());
    const auto refound = reader.getRefoundAfter();
    switch (refound.which()) {
        case schema_log::GroupSpec::RefoundAfter::NEVER:
            spec.refound_after.reset();
            break;
        case schema_log::GroupSpec::RefoundAfter::NS:
            spec.refound_after = Duration(refound.getNs());
            break;
        default:
            return false;
    }
    // Judged as if this version knew all kinds.
    spec.kind = Kind::coordinated;
    spec.durable = false;
    if (find_problem(spec)) return false;
    spec.durable = reader.getDurable();
    return read_enum(reader.getKind(), Kind::default_kind, spec.kind);
}

void write_spec(schema_log::GroupSpec::Builder builder, const GroupSpec& spec) {
    builder.setSize(spec.size);
    builder.setMaxVoters(spec.max_voters);
    builder.setKind(to_schema<schema_log::Kind>(spec.kind));
    builder.setDurable(spec.durable);
    builder.setHeartbeatNs(spec.timing.heartbeat.count());
    builder.setElectionMinNs(spec.timing.election_min.count());
    builder.setElectionMaxNs(spec.timing.election_max.count());
    builder.setPeerTimeoutNs(spec.timing.peer_timeout.count());
    if (spec.refound_after) {
        builder.getRefoundAfter().setNs(spec.refound_after->count());
    } else {
        builder.getRefoundAfter().setNever();
    }
}

bool read_terms(schema_log::ActionTerms::Reader reader, ActionTerms& terms) {
    constexpr base::Nanos longest = std::chrono::hours(1);
    terms.at = base::Nanos(reader.getAtNs());
    terms.tolerance = base::Nanos(reader.getToleranceNs());
    terms.margin = base::Nanos(reader.getMarginNs());
    return read_enum(reader.getClock(), ActionClock::monotonic, terms.clock) &&
           terms.at >= base::Nanos::zero() && terms.at < base::never &&
           terms.tolerance > base::Nanos::zero() && terms.tolerance <= longest &&
           terms.margin >= base::Nanos::zero() && terms.margin <= longest;
}

void write_terms(schema_log::ActionTerms::Builder builder, const ActionTerms& terms) {
    builder.setAtNs(terms.at.count());
    builder.setToleranceNs(terms.tolerance.count());
    builder.setMarginNs(terms.margin.count());
    builder.setClock(to_schema<schema_log::ActionClock>(terms.clock));
}

bool read_stamp(schema_log::Stamp::Reader reader, Stamp& stamp) {
    stamp.earliest = base::Nanos(reader.getEarliestNs());
    stamp.latest = base::Nanos(reader.getLatestNs());
    return stamp.earliest <= stamp.latest;
}

void write_stamp(schema_log::Stamp::Builder builder, const Stamp& stamp) {
    builder.setEarliestNs(stamp.earliest.count());
    builder.setLatestNs(stamp.latest.count());
}

bool read_founding(schema_log::Founding::Reader reader, Founding& founding) {
    founding.incarnation = read_id<IncarnationId>(reader.getIncarnation());
    founding.epoch = reader.getEpoch();
    if (founding.epoch > max_epoch) return false;
    return founding.incarnation && read_spec(reader.getSpec(), founding.spec) &&
           read_roster(reader.getRoster(), founding.roster) && !founding.roster.empty();
}

void write_founding(schema_log::Founding::Builder builder, const Founding& founding) {
    write_id(builder.getIncarnation(), founding.incarnation);
    builder.setEpoch(founding.epoch);
    write_spec(builder.initSpec(), founding.spec);
    write_roster(builder.initRoster(static_cast<unsigned>(founding.roster.size())),
                 founding.roster);
}

std::size_t words_of(const MemberRecord& member) {
    return struct_words + words_for(member.name.size() + 1) + words_for(member.endpoint.size() + 1);
}

std::size_t words_of(const std::vector<MemberRecord>& roster) {
    std::size_t words = struct_words;
    for (const MemberRecord& member : roster) words += words_of(member);
    return words;
}

std::size_t words_of(const Founding& founding) {
    return 3 * struct_words + words_of(founding.roster);
}

}  // namespace quorate::consensus
